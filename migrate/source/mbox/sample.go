package mbox

import (
	"bytes"
	"io"
)

// sampleSize is how much of a file's beginning decides its rule.
const sampleSize = 4 << 20

// look finds the rule for a file from its beginning.
func look(r io.ReaderAt, size int64, check func() error) (rule, error) {
	sample := min(size, sampleSize)
	how := rule{eol: '\n'}
	lf, cr, err := lineEnds(r, sample, check)
	if err != nil {
		return how, err
	}
	if cr > 0 && lf*50 < cr {
		how.eol = '\r'
	}
	found := survey{splitter: newSplitter(r, sample, how, check), whole: sample == size}
	defer found.free()
	if err := found.take(); err != nil {
		return how, err
	}
	how.relaxed = found.relax()
	how.lengths = found.trueLengths()
	how.plain = how.lengths && found.unquoted > 0
	return how, nil
}

// lineEnds counts the ends of lines: LF with or without CR, and bare CR.
func lineEnds(r io.ReaderAt, size int64, check func() error) (lf, cr int, err error) {
	w := newWindow(r, size, check)
	defer w.free()
	for off := int64(0); off < size; {
		text := w.from(off, 1)
		if len(text) == 0 {
			break
		}
		lf += bytes.Count(text, []byte{'\n'})
		cr += bytes.Count(text, []byte{'\r'}) - bytes.Count(text, []byte("\r\n"))
		off += int64(len(text))
	}
	return lf, cr, w.err
}

// A survey counts what tells the habits of a file's writer, with the strict rule.
type survey struct {
	*splitter
	whole           bool // the sample is the file
	strict          int  // messages
	declared, right int  // of them with a Content-Length, and with a true one
	unquoted        int  // From_ lines within what a true Content-Length spans
}

func (v *survey) take() error {
	for covered := int64(0); ; {
		m, ok := v.message()
		if !ok {
			return v.err
		}
		v.strict++
		if m.from < covered {
			v.strict-- // it lies in another one's body
			v.unquoted++
			continue
		}
		covered = v.weigh(m)
	}
}

// weigh checks a message's Content-Length, and returns where the body ends if it is true.
func (v *survey) weigh(m message) int64 {
	if m.declared < 0 || m.body == 0 {
		return 0
	}
	end := m.body + m.declared
	if end >= v.size && !v.whole {
		return 0 // beyond the sample
	}
	v.declared++
	after := v.next // message goes on from there
	if _, ok := v.landing(end); !ok {
		return 0
	}
	v.right++
	v.next = after
	v.unquoted += v.quotable(m.body, min(end, after.at))
	return end
}

// quotable counts the lines from one offset to another that a writer which quotes would have quoted.
func (v *survey) quotable(off, end int64) int {
	n := 0
	quoted := append([]byte{v.rule.eol}, "From "...)
	for off--; off < end; {
		text := v.from(off, len(quoted))
		text = text[:min(int64(len(text)), max(end-off, 0))]
		if len(text) < len(quoted) {
			break
		}
		n += bytes.Count(text, quoted)
		off += int64(len(text) - len(quoted) + 1)
	}
	return n
}

// relax says whether the writer puts no blank line before its From_ lines. A few that lack it are not enough:
// they are more often the text of a message than not.
func (v *survey) relax() bool {
	return v.doubts > 0 && (v.strict <= 1 || v.doubts*5 >= v.doubts+v.strict)
}

// trueLengths says whether Content-Length can be believed. One that is wrong now and then (edited by hand, another line end)
// leads nowhere and is passed over; more than that, and it is luck where one leads to a From_ line.
func (v *survey) trueLengths() bool {
	return v.right > 0 && v.right*4 >= v.declared*3
}
