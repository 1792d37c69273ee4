// Package dedupe says when two copies are one message: bytes in, identity out.
//
// A [Cleaner] takes away what a mail client wrote into its own file, so that what remains is the user's message.
// [Identify] reads the clean message once and gives its exact digest, its size, what its header says, and the [Key]
// that nominates other copies of it. [Content] gives the digest that decides between two nominated copies whose
// exact digests differ: it is taken over the decoded MIME leaves, so a transfer encoding, a boundary or blanks at
// the ends of lines make no difference, while a footer does. [Core] is for a copy that a program made anew from parts, and
// leaves out what such a program makes by itself.
//
// Everything streams in constant memory and tolerates any input. The package depends on nothing else of this
// module. Its functions may run at once; a Cleaner belongs to one goroutine.
package dedupe

// Digest is a SHA-256.
type Digest [32]byte

// Key nominates: copies with different keys are never compared, copies with the same key are one message only if
// their digests say so. It is a truncated SHA-256; the zero Key stands for "none".
type Key [16]byte

// Field is a header field that a [Cleaner] removed.
type Field struct {
	Name  string // as it was spelled
	Value string // unfolded, trimmed, at most 4 KiB
}
