package mapi

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// asciiDomain writes an internationalized domain as it travels (RFC 5890 section 2.3.2.1); Outlook keeps it as it is read. What can be
// none stays.
func asciiDomain(s string) string {
	if isASCII(s) || strings.ContainsFunc(s, notInDomain) {
		return s
	}
	labels := strings.Split(strings.ToLower(norm.NFKC.String(s)), ".")
	for i, label := range labels {
		if !isASCII(label) {
			labels[i] = "xn--" + punycode([]rune(label))
		}
	}
	return strings.Join(labels, ".")
}

// notInDomain reports whether a character beyond ASCII can't be in a domain (RFC 5892 section 2.1).
func notInDomain(r rune) bool { return r >= 0x80 && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) }

// Parameters of punycode (RFC 3492 section 5).
const (
	punyBase, punyMin, punyMax = 36, 1, 26
	punySkew, punyDamp         = 38, 700
	punyBias                   = 72
)

// punycode writes a label in ASCII (RFC 3492 section 6.3).
func punycode(label []rune) string {
	var out []byte
	for _, r := range label {
		if r < 0x80 {
			out = append(out, byte(r))
		}
	}
	basic, done := len(out), len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(0x80), 0, punyBias
	for ; done < len(label); n++ {
		next := smallest(label, n)
		delta, n = delta+int(next-n)*(done+1), next
		for _, r := range label {
			switch {
			case r < n:
				delta++
			case r == n:
				out = punyNumber(out, delta, bias)
				done++
				bias = punyAdapt(delta, done, done == basic+1)
				delta = 0
			}
		}
		delta++
	}
	return string(out)
}

// smallest is the first character from one on that a label has.
func smallest(label []rune, from rune) rune {
	least := rune(0x110000)
	for _, r := range label {
		if r >= from && r < least {
			least = r
		}
	}
	return least
}

// punyNumber appends a number whose digits have other weights by their place.
func punyNumber(out []byte, q, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyMin), punyMax)
		if q < t {
			return append(out, digits[q])
		}
		out = append(out, digits[t+(q-t)%(punyBase-t)])
		q = (q - t) / (punyBase - t)
	}
}

// punyAdapt gives the bias for the next number (RFC 3492 section 6.1).
func punyAdapt(delta, points int, first bool) int {
	if delta /= 2; first {
		delta = delta * 2 / punyDamp
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyMin)*punyMax/2; k += punyBase {
		delta /= punyBase - punyMin
	}
	return k + (punyBase-punyMin+1)*delta/(delta+punySkew)
}
