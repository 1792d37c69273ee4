package secret

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zalando/go-keyring"
)

// keyringTime is how long a keyring may take: it may ask somebody to unlock it.
const keyringTime = 30 * time.Second

// fromKeyring asks the keyring of the desktop. Where there is none, that is the trouble of this password alone.
func (r *References) fromKeyring(ctx context.Context, rest string) (Value, error) {
	i := strings.LastIndexByte(rest, '/')
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // nothing can end it
		text, err := keyring.Get(rest[:i], rest[i+1:])
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		switch {
		case errors.Is(a.err, keyring.ErrNotFound):
			return Value{}, errors.New("the keyring has no such entry")
		case a.err != nil:
			return Value{}, fmt.Errorf("no keyring can be asked: %w", a.err)
		}
		return checked(a.text)
	case <-time.After(keyringTime):
		return Value{}, fmt.Errorf("the keyring did not answer for %v; is it locked?", keyringTime)
	case <-ctx.Done():
		return Value{}, ctx.Err()
	}
}
