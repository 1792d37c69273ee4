package mapi

import "golang.org/x/net/idna"

// asciiDomain writes an internationalized domain as it travels (RFC 5890 section 2.3.2.1); Outlook keeps it as it is read. What can be
// none stays.
func asciiDomain(s string) string {
	if isASCII(s) {
		return s
	}
	if ascii, err := idna.Lookup.ToASCII(s); err == nil {
		return ascii
	}
	return s
}
