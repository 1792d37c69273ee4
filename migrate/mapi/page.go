package mapi

// CodePage is the code page of the 8-bit strings of a message as far as it says so: that of its language where it doesn't name
// one, or that of the charset in which it travelled; 0 if it says nothing.
func CodePage(o Object) int {
	r := reader{Object: o}
	if page := r.int(idMessageCodepage); page != 0 {
		return page
	}
	if locale := r.int(idMessageLocale); locale != 0 {
		return pageOfLocale(locale)
	}
	return pagesOfInternet[r.int(idInternetCodepage)]
}

// pagesOfInternet are the code pages of Windows for those of the languages' usual mail.
var pagesOfInternet = map[int]int{
	50220: 932, 50221: 932, 50222: 932, 51932: 932, 20932: 932, 932: 932, 936: 936, 52936: 936, 54936: 936, 949: 949, 51949: 949, 50225: 949,
	950: 950, 20866: 1251, 21866: 1251, 28595: 1251, 1251: 1251, 28592: 1250, 1250: 1250, 28597: 1253, 1253: 1253, 28599: 1254, 1254: 1254,
	28598: 1255, 38598: 1255, 1255: 1255, 28596: 1256, 1256: 1256, 28594: 1257, 28603: 1257, 1257: 1257, 1258: 1258, 874: 874,
	28591: 1252, 28605: 1252, 1252: 1252,
}

// languages are those that aren't written in windows-1252, by their primary id ([MS-LCID]).
var languages = map[int]int{
	0x11: 932, 0x12: 949, 0x1E: 874, 0x0D: 1255, 0x01: 1256, 0x29: 1256, 0x20: 1256, 0x1F: 1254, 0x2C: 1254, 0x08: 1253,
	0x25: 1257, 0x26: 1257, 0x27: 1257, 0x2A: 1258, 0x19: 1251, 0x22: 1251, 0x02: 1251, 0x23: 1251, 0x2F: 1251,
	0x05: 1250, 0x0E: 1250, 0x15: 1250, 0x18: 1250, 0x1A: 1250, 0x1B: 1250, 0x1C: 1250, 0x24: 1250,
}

// pageOfLocale is the ANSI code page of a locale.
func pageOfLocale(locale int) int {
	switch locale & 0xFFFF {
	case 0x0404, 0x0C04, 0x1404: // Chinese of Taiwan, Hong Kong, Macao
		return 950
	case 0x0C1A, 0x1C1A, 0x201A: // Serbian and Bosnian in Cyrillic
		return 1251
	}
	switch language := locale & 0x3FF; {
	case language == 0x04:
		return 936
	case languages[language] != 0:
		return languages[language]
	}
	return 1252
}
