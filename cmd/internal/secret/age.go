package secret

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// ageIdentity is the environment variable that says with which identity files are opened: one of age-keygen, or the path of a file
// with some.
const ageIdentity = "AGE_IDENTITY"

// ageMost is more than a file of passwords takes.
const ageMost = 16 << 20

// ageFile is a file that is opened once, when it is needed first.
type ageFile struct {
	once   sync.Once
	values map[string]string
	err    error
}

func (r *References) fromAge(_ context.Context, rest string) (Value, error) {
	i := strings.LastIndexByte(rest, '#')
	name, key := rest[:i], rest[i+1:]
	r.mu.Lock()
	if r.age == nil {
		r.age = map[string]*ageFile{}
	}
	file := r.age[name]
	if file == nil {
		file = new(ageFile)
		r.age[name] = file
	}
	r.mu.Unlock()
	file.once.Do(func() { file.values, file.err = openAge(name) })
	if file.err != nil {
		return Value{}, file.err
	}
	text, ok := file.values[key]
	if !ok {
		return Value{}, errors.New("there is no such key in the file")
	}
	return checked(text)
}

func openAge(name string) (map[string]string, error) {
	identities, err := ageIdentities()
	if err != nil {
		return nil, err
	}
	if name, err = inHome(name); err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, bare(err)
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	var sealed io.Reader = buffered
	if head, _ := buffered.Peek(len(armor.Header)); string(head) == armor.Header {
		sealed = armor.NewReader(buffered)
	}
	text, err := age.Decrypt(sealed, identities...)
	if err != nil {
		return nil, fmt.Errorf("can't be opened: %w", err)
	}
	return keyValues(text)
}

func ageIdentities() ([]age.Identity, error) {
	text := os.Getenv(ageIdentity)
	if text == "" {
		return nil, fmt.Errorf("the environment variable %s does not say with which identity it opens", ageIdentity)
	}
	if !strings.HasPrefix(text, "AGE-SECRET-KEY-") {
		file, err := os.Open(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ageIdentity, err)
		}
		defer file.Close()
		identities, err := age.ParseIdentities(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %s holds no identity that can be read", ageIdentity, text)
		}
		return identities, nil
	}
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: no identity that can be read", ageIdentity)
	}
	return identities, nil
}

// keyValues reads KEY=VALUE lines. Blank ones and those that begin with # mean nothing.
func keyValues(r io.Reader) (map[string]string, error) {
	text, err := io.ReadAll(io.LimitReader(r, ageMost+1))
	if err != nil {
		return nil, fmt.Errorf("can't be opened: %w", err)
	}
	if len(text) > ageMost {
		return nil, fmt.Errorf("more than %d MB", ageMost>>20)
	}
	values := map[string]string{}
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		key, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), "=")
		if key = strings.TrimSpace(key); ok && key != "" && !strings.HasPrefix(key, "#") {
			values[key] = value
		}
	}
	return values, nil
}
