package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// mask stands for a secret wherever one is printed. It does not even tell how long the secret is.
const mask = "***"

// A Value is a secret that prints as three stars with every verb of package fmt, in logs and in JSON. The zero value is empty.
type Value struct{ text string }

// New wraps a secret that came from elsewhere.
func New(text string) Value { return Value{text} }

// Reveal returns the secret. Hand it to the server and to nothing that prints.
func (v Value) Reveal() string { return v.text }

// IsZero says that there is none.
func (v Value) IsZero() bool { return v.text == "" }

// String implements [fmt.Stringer] with the mask.
func (Value) String() string { return mask }

// GoString implements [fmt.GoStringer] with the mask.
func (Value) GoString() string { return mask }

// Format implements [fmt.Formatter], so that no verb reaches into the value.
func (Value) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, mask) }

// MarshalText implements [encoding.TextMarshaler] with the mask.
func (Value) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON implements [encoding/json.Marshaler] with the mask.
func (Value) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// LogValue implements [slog.LogValuer] with the mask.
func (Value) LogValue() slog.Value { return slog.StringValue(mask) }
