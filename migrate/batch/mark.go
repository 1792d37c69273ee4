package batch

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"

	"unpop/migrate"
)

// A mark tells whether a refused password has changed, and is of no use for guessing it: it is salted, slow, and only two bytes long,
// so that one in 65,536 guesses fits.
const (
	saltBytes  = 16
	markBytes  = 2
	markRounds = 20_000
)

// markOf makes a mark; nil if that can't be done, which means that nothing is known.
func markOf(secret migrate.Secret) []byte {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	return seal(secret, salt)
}

// fits reports whether a mark may be of the secret.
func fits(mark []byte, secret migrate.Secret) bool {
	return len(mark) == saltBytes+markBytes && bytes.Equal(mark, seal(secret, mark[:saltBytes]))
}

func seal(secret migrate.Secret, salt []byte) []byte {
	sum, err := pbkdf2.Key(sha256.New, secret.Reveal(), salt, markRounds, markBytes)
	if err != nil {
		return nil
	}
	return append(bytes.Clone(salt), sum...)
}
