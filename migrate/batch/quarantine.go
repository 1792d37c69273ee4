package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strings"
)

// QuarantineFile is the file of a directory that keeps the messages which an account's server refused; empty without a directory.
func QuarantineFile(dir, target string) string {
	if dir == "" {
		return ""
	}
	_, name, _ := strings.Cut(target, "://")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.+@", r) {
			return r
		}
		return '_'
	}, strings.ToLower(name))
	sum := sha256.Sum256([]byte(target)) // what looks the same in a file's name may differ
	return filepath.Join(dir, name[:min(len(name), 120)]+"~"+hex.EncodeToString(sum[:4])+".mbox")
}
