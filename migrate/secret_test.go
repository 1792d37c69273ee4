package migrate

import (
	"fmt"
	"strings"
	"testing"
)

func TestSecretHides(t *testing.T) {
	t.Parallel()
	secret := Secret("sesame")
	holder := struct{ P Secret }{secret}
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%d", "%10s"} {
		for _, value := range []any{secret, &secret, holder} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, "sesame") || strings.Contains(got, "736573616d65") {
				t.Errorf("%s of %T: got %q, want it hidden", verb, value, got)
			}
		}
	}
	if text, _ := secret.MarshalText(); string(text) != mask {
		t.Errorf("MarshalText: got %q, want %q", text, mask)
	}
	if got := secret.Reveal(); got != "sesame" {
		t.Errorf("Reveal: got %q, want the text", got)
	}
}
