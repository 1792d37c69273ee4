//go:build !linux

package migrate_test

import "testing"

func cool(*testing.B, string) {}
