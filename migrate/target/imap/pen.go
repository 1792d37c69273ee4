package imap

import "fmt"

// A job is a piece of writing: the text, a message's bytes, and the end of the command. Each may be missing.
type job struct {
	text string
	from *letter // nil: no message
	asks bool    // wait for the server's word before the bytes
	ends bool
}

// A written is what came of a job. At most one of the errors is set.
type written struct {
	unread error // the message can't be read; nothing was written
	torn   error // the message can't be read to its end; some of it was written
	line   error // the line is broken
	mute   bool  // the server took no literal: nothing more is to be written of the command
}

// A pen writes one job after the other, so that answers can be read meanwhile.
type pen struct {
	w     *wire
	chunk []byte
	jobs  chan job
	done  chan written
	word  chan bool // the server's: go ahead or not
}

func newPen(w *wire, chunk []byte) *pen {
	p := &pen{w: w, chunk: chunk, jobs: make(chan job), done: make(chan written, 1), word: make(chan bool, 1)}
	go func() {
		for j := range p.jobs {
			p.done <- p.write(j)
		}
	}()
	return p
}

// write does a job.
func (p *pen) write(j job) written {
	if j.from == nil {
		return written{line: p.tail(j)}
	}
	b, err := openBody(&j.from.m, p.chunk)
	if err != nil {
		return written{unread: err}
	}
	defer b.close()
	p.w.debug.client(j.text)
	if err := p.w.queueBytes([]byte(j.text)); err != nil {
		return written{line: err}
	}
	if j.asks {
		if ahead, err := p.ask(); err != nil || !ahead {
			return written{line: err, mute: !ahead}
		}
	}
	if torn, err := p.literal(b); torn != nil || err != nil {
		return written{torn: torn, line: err}
	}
	return written{line: p.tail(j)}
}

// ask sends what is written and waits for the server's word.
func (p *pen) ask() (bool, error) {
	p.w.paced.arm()
	if err := p.w.flush(); err != nil {
		return false, err
	}
	select {
	case ahead := <-p.word:
		p.w.paced.disarm() // a source may be slower than the server's patience
		return ahead, nil
	case <-p.w.dead:
		_, cause := p.w.end()
		return false, cause
	}
}

func (p *pen) literal(b *body) (torn, line error) {
	for !b.done {
		if err := p.w.queueBytes(b.chunk); err != nil {
			return nil, err
		}
		if b.next(); b.err != nil {
			return b.err, nil
		}
	}
	return nil, nil
}

// tail ends the command, if it is to end.
func (p *pen) tail(j job) error {
	if !j.ends {
		return nil
	}
	return p.w.finish()
}

// heading is what stands before a message's bytes. tag is empty for a message that is not the first of its command.
func heading(tag, mailbox string, l *letter, plus string) string {
	head := ""
	if tag != "" {
		head = tag + " APPEND " + mailbox
	}
	return head + messageOptions(l.flags, &l.m) + fmt.Sprintf(" {%d%s}\r\n", l.m.Size, plus)
}
