package mapi

import "testing"

func TestPageOfLocale(t *testing.T) {
	t.Parallel()
	for locale, want := range map[int]int{
		0x0409: 1252, 0x0410: 1252, 0x0411: 932, 0x0804: 936, 0x1004: 936, 0x0404: 950, 0x0C04: 950, 0x0412: 949, 0x0419: 1251, 0x0C1A: 1251,
		0x081A: 1250, 0x0415: 1250, 0x0408: 1253, 0x041F: 1254, 0x040D: 1255, 0x0401: 1256, 0x0427: 1257, 0x042A: 1258, 0x041E: 874,
	} {
		if got := pageOfLocale(locale); got != want {
			t.Errorf("%04X: got %d, want %d", locale, got, want)
		}
	}
}
