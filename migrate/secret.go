package migrate

import (
	"fmt"
	"io"
)

// Secret is a password. It prints as *** whatever the verb; only [Secret.Reveal] gives the text.
type Secret string

const mask = "***"

// Reveal returns the text. Its only place is the sign-in.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (Secret) String() string { return mask }

// GoString hides the text from %#v.
func (Secret) GoString() string { return mask }

// Format hides the text from every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText hides the text from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }
