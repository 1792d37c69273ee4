package secret

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/zalando/go-keyring"
)

func TestCheckReference(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"env:ANNA": "", "file:/run/anna": "", "file:C:\\anna.txt": "", "cmd:pass show anna": "", "age:all.age#anna": "", "keyring:mail/anna": "",
		"hunter2": "no reference", "evn:hunter2": "no reference", "": "no reference", "hunter2:x": "no reference", "env:": "env:NAME", "age:all.age": "age:FILE#KEY",
		"age:#hunter2": "age:FILE#KEY", "keyring:hunter2": "keyring:SERVICE/USER", "cmd:": "cmd:COMMAND",
	} {
		_, err := new(References).Check(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: got %v, want no error", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%q: got %v, want %q and nothing of a password", text, err, want)
		}
	}
}

func TestPlainPassword(t *testing.T) {
	t.Parallel()
	r := &References{AllowPlain: true}
	if plain, err := r.Check("hunter2"); !plain || err != nil {
		t.Errorf("got %v, %v, want a password", plain, err)
	}
	if v, err := r.Resolve(t.Context(), "hunter2"); err != nil || v.Reveal() != "hunter2" {
		t.Errorf("got %v, want the password", err)
	}
	if _, err := new(References).Resolve(t.Context(), "hunter2"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want it refused and not repeated", err)
	}
}

// resolve must give a password or an error that contains a text, and no secret.
func resolve(t *testing.T, text, password, problem string) {
	t.Helper()
	v, err := new(References).Resolve(t.Context(), text)
	switch {
	case problem == "" && (err != nil || v.Reveal() != password):
		t.Errorf("%s: got %d bytes, %v, want the password", text, len(v.Reveal()), err)
	case problem != "" && (err == nil || !strings.Contains(err.Error(), problem) || strings.Contains(err.Error(), "geheim")):
		t.Errorf("%s: got %v, want %q", text, err, problem)
	}
}

func TestResolveEnvAndFile(t *testing.T) {
	t.Setenv("UNPOP_TEST_ANNA", "geheim")
	t.Setenv("UNPOP_TEST_NONE", "")
	resolve(t, "env:UNPOP_TEST_ANNA", "geheim", "")
	resolve(t, "env:UNPOP_TEST_NONE", "", "env:UNPOP_TEST_NONE: empty")
	resolve(t, "env:UNPOP_TEST_NOSUCH", "", "not set")
	resolve(t, "file:"+write(t, "geheim\r\nmore\n", 0o600), "geheim", "")
	resolve(t, "file:"+write(t, "\n", 0o600), "", "empty")
	resolve(t, "file:"+filepath.Join(t.TempDir(), "nowhere"), "", "nowhere: ")
}

func TestExposedFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	r := new(References)
	for _, mode := range []os.FileMode{0o600, 0o644} {
		if _, err := r.Resolve(t.Context(), "file:"+write(t, "geheim", mode)); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.Exposed()) != 1 {
		t.Errorf("got %q, want the one that others may read", r.Exposed())
	}
}

func TestResolveCommand(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		resolve(t, "cmd:echo geheim", "geheim", "")
		resolve(t, "cmd:exit /b 3", "", "exit status 3")
		return
	}
	resolve(t, "cmd:printf 'geheim\\nmore\\n'", "geheim", "")
	resolve(t, `cmd:echo "ge"'heim' | tr -d x`, "geheim", "")
	resolve(t, "cmd:echo geheim; exit 3", "", "exit status 3")
	resolve(t, "cmd:echo geheim >&2; exit 1", "", "exit status 1")
	resolve(t, "cmd:true", "", "empty")
	resolve(t, "cmd:yes geheim | head -c 10000000", "geheim", "")
	resolve(t, "cmd:cat", "", "empty") // nobody's input
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := new(References).Resolve(ctx, "cmd:sleep 60 & sleep 60"); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("got %v after %s, want it ended with its context", err, time.Since(began))
	}
}

// sealed writes a file for an identity, and returns its name and the identity.
func sealed(t *testing.T, armored bool, text string) (name, identity string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	plain := armor.NewWriter(&out)
	to := &out
	var inner bytes.Buffer
	if armored {
		to = &inner
	}
	w, err := age.Encrypt(to, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if armored {
		_, _ = plain.Write(inner.Bytes())
		if err := plain.Close(); err != nil {
			t.Fatal(err)
		}
	}
	name = filepath.Join(t.TempDir(), "all#1.age")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name, id.String()
}

func TestResolveAge(t *testing.T) {
	const text = "# passwords\nanna=geheim\r\n bob = ge=heim \n\nodd\n"
	for _, armored := range []bool{false, true} {
		name, identity := sealed(t, armored, text)
		t.Setenv(ageIdentity, identity)
		resolve(t, "age:"+name+"#anna", "geheim", "")
		resolve(t, "age:"+name+"#bob", " ge=heim ", "")
		resolve(t, "age:"+name+"#carla", "", "no such key")
		t.Setenv(ageIdentity, write(t, "# created\n"+identity+"\n", 0o600))
		resolve(t, "age:"+name+"#anna", "geheim", "")
		_, other := sealed(t, false, "")
		t.Setenv(ageIdentity, other)
		resolve(t, "age:"+name+"#anna", "", "can't be opened")
		t.Setenv(ageIdentity, "AGE-SECRET-KEY-geheim")
		resolve(t, "age:"+name+"#anna", "", "no identity")
	}
	t.Setenv(ageIdentity, "")
	resolve(t, "age:nowhere.age#anna", "", ageIdentity)
}

func TestResolveKeyring(t *testing.T) {
	keyring.MockInit()
	if err := keyring.Set("mail/office", "anna", "geheim"); err != nil {
		t.Fatal(err)
	}
	resolve(t, "keyring:mail/office/anna", "geheim", "")
	resolve(t, "keyring:mail/office/bob", "", "no such entry")
	keyring.MockInitWithError(os.ErrPermission)
	resolve(t, "keyring:mail/office/anna", "", "no keyring can be asked")
}
