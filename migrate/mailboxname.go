package migrate

import "strings"

// Some characters can't stand in a mailbox name: the server's delimiter, control characters, blanks at the ends, and what
// RFC 9051 section 5.1 warns of. As rclone does, each is replaced by one that looks like it, and one that stands there by nature
// gets a quote before it, so that every name can be turned back.
const quoteRune = '‛'

// suspect are the characters that some server or other takes for its own, though they are not its delimiter: Dovecot refuses a dot
// where it keeps mailboxes as Maildir++, and a tilde or a slash where they are folders of a disk.
const suspect = `./\:|^~;#!@"<>{}` + "`"

var lookAlike = map[rune]rune{
	'/': '／', '.': '．', '\\': '＼', '*': '＊', '%': '％', '|': '｜', ':': '：', '^': '＾', '~': '～', ';': '；', '#': '＃', '!': '！', '@': '＠', '"': '＂', '<': '＜', '>': '＞', '{': '｛', '}': '｝', '`': '｀', '-': '－', '_': '＿',
	' ': '␠', 0x7F: '␡',
}

var original = func() map[rune]rune {
	back := map[rune]rune{}
	for from, to := range lookAlike {
		back[to] = from
	}
	for r := rune(0); r < ' '; r++ {
		back['␀'+r] = r
	}
	return back
}()

// EncodeName makes a store folder's name fit to be one level of a mailbox name on a server that has none of the illegal
// characters in it: its delimiter, at least.
func EncodeName(name, illegal string) string {
	var out strings.Builder
	runes := []rune(strings.ToValidUTF8(name, "�"))
	for i, r := range runes {
		edge := i == 0 || i == len(runes)-1
		switch substitute, bad := forbidden(r, illegal, edge); {
		case bad:
			out.WriteRune(substitute)
		case r == quoteRune || original[r] != 0 || r == '␀':
			out.WriteRune(quoteRune)
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// forbidden returns what to write for a character that can't be used where it stands. The wildcards of LIST are
// refused by many servers.
func forbidden(r rune, illegal string, edge bool) (rune, bool) {
	switch {
	case r < ' ':
		return '␀' + r, true
	case r == ' ' && !edge:
		return 0, false
	case strings.ContainsRune(illegal, r) || r == '*' || r == '%' || r == 0x7F || r == ' ':
		if substitute, ok := lookAlike[r]; ok {
			return substitute, true
		}
		return '￿', true // a delimiter nobody has seen yet
	default:
		return 0, false
	}
}

// DecodeName undoes [EncodeName].
func DecodeName(name string) string {
	var out strings.Builder
	quoted := false
	for _, r := range name {
		switch before, ok := original[r]; {
		case !quoted && r == quoteRune:
			quoted = true
			continue
		case !quoted && ok:
			out.WriteRune(before)
		default:
			out.WriteRune(r)
		}
		quoted = false
	}
	return out.String()
}
