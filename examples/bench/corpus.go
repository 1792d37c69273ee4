package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// A corpus is mail that is made up, the same on each machine. Messages differ in their headers and share their text, so that
// none of it has to be kept in memory.
type corpus struct {
	name string
	size func(i int) int // of message i, about
	text []byte          // lines of one length, with CRLF
}

// lineLength is that of a line of base64 with its CRLF.
const lineLength = 78

// largest bounds a message.
const largest = 6 << 20

// corpora by the names of -sizes. That of 75 KB is log-normal, as the sizes of mail are: half of the messages have less than 45 KB.
var corpora = map[string]func(i int) int{
	"3k":  func(int) int { return 3000 },
	"75k": func(i int) int { return logNormal(i, 75_000) },
	"5m":  func(int) int { return 5 << 20 },
	"1g":  func(i int) int { return logNormal(i, 75_000) },
}

func newCorpus(name string) *corpus {
	random := rand.New(rand.NewPCG(1, 2))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	text := make([]byte, (largest/lineLength+1000)*lineLength)
	for i := range text {
		switch i % lineLength {
		case lineLength - 2:
			text[i] = '\r'
		case lineLength - 1:
			text[i] = '\n'
		default:
			text[i] = letters[random.IntN(len(letters))]
		}
	}
	return &corpus{name: name, size: corpora[name], text: text}
}

// logNormal gives sizes with a mean and a standard deviation of 1 in their logarithm. They are no random numbers but evenly
// spread quantiles (multiples of the golden ratio), so that a few messages have the mean of many.
func logNormal(i int, mean float64) int {
	_, u := math.Modf((float64(i) + 0.5) * math.Phi)
	u = min(max(u, 1e-4), 1-1e-4)
	z := math.Sqrt2 * math.Erfinv(2*u-1)
	return min(int(mean*math.Exp(z-0.5)), largest)
}

// began is the date of the first message.
var began = time.Date(2019, 1, 7, 8, 0, 0, 0, time.UTC)

// date is when message i was received.
func date(i int) time.Time { return began.Add(time.Duration(i) * 7 * time.Minute) }

// message returns a message in two parts, with CRLF. The second belongs to the corpus.
func (c *corpus) message(i int) (head, body []byte) {
	head = fmt.Appendf(nil, "From: Carla Neri <carla.neri@example.org>\r\nTo: Anna Rossi <anna@example.org>\r\nSubject: message %d of %s\r\n"+
		"Date: %s\r\nMessage-ID: <%d.%s@bench.example.org>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: application/octet-stream; name=\"attachment.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
		i, c.name, date(i).Format(time.RFC1123Z), i, c.name)
	lines := max(c.size(i)-len(head), 0) / lineLength
	from := i % 1000 * lineLength
	return head, c.text[from : from+lines*lineLength]
}

// bytes is how much the first n messages have on the wire.
func (c *corpus) bytes(n int) (total int64) {
	for i := range n {
		head, body := c.message(i)
		total += int64(len(head) + len(body))
	}
	return total
}

// folderName is how folder i is called, in stores and on the server.
func folderName(i int) string { return fmt.Sprintf("bench-%d", i) }

// mbox writes the first n messages into so many mbox files of a directory, in turn.
func (c *corpus) mbox(dir string, n, folders int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for folder := range folders {
		if err := c.mboxFile(filepath.Join(dir, folderName(folder)+".mbox"), n, folder, folders); err != nil {
			return err
		}
	}
	return nil
}

func (c *corpus) mboxFile(path string, n, first, step int) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriterSize(file, 1<<20)
	for i := first; i < n; i += step {
		_, _ = fmt.Fprintf(w, "From carla.neri@example.org %s\n", date(i).Format(time.ANSIC))
		_, _ = w.Write(c.local(i))
		_ = w.WriteByte('\n')
	}
	return w.Flush()
}

// maildir writes the first n messages into so many Maildirs of a directory, in turn, as mail that was read.
func (c *corpus) maildir(dir string, n, folders int) error {
	for folder := range folders {
		for _, sub := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(dir, folderName(folder), sub), 0o755); err != nil {
				return err
			}
		}
	}
	for i := range n {
		name := fmt.Sprintf("%d.M%dP1.bench:2,S", date(i).Unix(), i)
		if err := os.WriteFile(filepath.Join(dir, folderName(i%folders), "cur", name), c.local(i), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// local is a message as it lies on a disk, with LF.
func (c *corpus) local(i int) []byte {
	head, body := c.message(i)
	return bytes.ReplaceAll(append(head, body...), []byte("\r\n"), []byte("\n"))
}
