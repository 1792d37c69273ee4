package dedupe

import "bytes"

// maxQuotes is how deep a From_ line may be quoted; deeper, the quotes count as text.
const maxQuotes = 256

var quotedLine = append(bytes.Repeat([]byte{'>'}, maxQuotes), "From"...)

// fromLine judges the start of a line: an mbox on the way, or the store of a copy, puts ">" before a line that begins with "From ", and
// some of them take it away again, and none can tell whose it is. What follows "From" doesn't count, since blanks may be lost at the end of a line.
type fromLine struct {
	judged bool
	quotes int
	from   int // how much of "From" came after them
}

// judge takes the next bytes of the line, and says how many of them are judged now, and what counts of all that were held back.
func (f *fromLine) judge(b []byte) (n int, held []byte) {
	for n < len(b) && f.from == 0 && f.quotes < maxQuotes && b[n] == '>' {
		f.quotes++
		n++
	}
	for n < len(b) && f.quotes > 0 && f.from < len("From") && b[n] == "From"[f.from] {
		f.from++
		n++
	}
	if n == len(b) && f.from < len("From") {
		return n, nil
	}
	return n, f.end()
}

// end says what counts of what was held back, if no more comes.
func (f *fromLine) end() []byte {
	if f.judged {
		return nil
	}
	f.judged = true
	if f.from == len("From") {
		return quotedLine[maxQuotes:]
	}
	return quotedLine[maxQuotes-f.quotes : maxQuotes+f.from]
}
