package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestValueNeverPrints(t *testing.T) {
	t.Parallel()
	v := New("hunter2")
	holder := struct {
		Name   string
		Secret Value
		List   []Value
		Ref    *Value
	}{"anna", v, []Value{v}, &v}
	var printed []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10s", "%!"} {
		printed = append(printed, fmt.Sprintf(verb, v), fmt.Sprintf(verb, &v), fmt.Sprintf(verb, holder))
	}
	encoded, err := json.Marshal(map[string]any{"v": v, "p": &v, "h": holder, "k": map[Value]int{v: 1}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v, "h", holder)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v, "h", holder)
	printed = append(printed, string(encoded), log.String(), fmt.Errorf("login %v", v).Error(), fmt.Sprintln(v))
	for _, text := range printed {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("the secret is in %q", text)
		}
	}
	if got := fmt.Sprint(v); got != "***" {
		t.Errorf("got %q, want three stars", got)
	}
}

func TestValueReveals(t *testing.T) {
	t.Parallel()
	if got := New("hunter2").Reveal(); got != "hunter2" {
		t.Errorf("got %q, want the secret", got)
	}
	if New("x").IsZero() || !(Value{}).IsZero() {
		t.Error("IsZero: want true for the empty value only")
	}
}
