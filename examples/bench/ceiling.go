package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Bounds of a MULTIAPPEND of the ceiling.
const (
	batchMessages = 100
	batchBytes    = 50 << 20
)

// ceiling sends bytes that were written beforehand, by MULTIAPPEND (RFC 3502) without waiting, one connection to a folder, and reads
// the answers. No program can do with less on this server and line. It counts the time from the first connection to the last answer.
func ceiling(ctx context.Context, j *job) (timing, error) {
	queues := make([][]net.Buffers, j.folders)
	for folder := range queues {
		queues[folder] = j.commands(folder)
	}
	start := time.Now()
	errs := make(chan error, j.folders)
	for folder, commands := range queues {
		go func() { errs <- pour(ctx, j, folderName(folder), commands) }()
	}
	var err error
	for range queues {
		if failed := <-errs; failed != nil {
			err = failed
		}
	}
	return timing{upload: time.Since(start)}, err
}

// commands are the bytes for a folder, tagged t0, t1 and so on.
func (j *job) commands(folder int) []net.Buffers {
	var all []net.Buffers
	var command net.Buffers
	messages, size := 0, 0
	end := func() {
		if messages > 0 {
			all = append(all, append(command, []byte("\r\n")))
		}
		command, messages, size = nil, 0, 0
	}
	for i := folder; i < j.n; i += j.folders {
		head, body := j.corpus.message(i)
		lead := fmt.Sprintf(" \"%s\" {%d+}\r\n", date(i).Format("_2-Jan-2006 15:04:05 -0700"), len(head)+len(body))
		if messages == 0 {
			lead = fmt.Sprintf("t%d APPEND %s%s", len(all), folderName(folder), lead)
		}
		command = append(command, append([]byte(lead), head...), body)
		messages, size = messages+1, size+len(head)+len(body)
		if messages == batchMessages || size >= batchBytes {
			end()
		}
	}
	end()
	return all
}

// pour signs in, sends the commands and waits for the last answer.
func pour(ctx context.Context, j *job, folder string, commands []net.Buffers) error {
	c, err := dial(ctx, j.addr, j.user)
	if err != nil {
		return err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	if _, err := c.command("SELECT " + folder); err != nil { // Dovecot is slower with one that is not
		return err
	}
	var sending sync.WaitGroup
	defer sending.Wait()
	sending.Go(func() {
		for _, command := range commands {
			if _, err := command.WriteTo(c.conn); err != nil {
				c.close() // the reader tells
				return
			}
		}
	})
	return c.answers(len(commands))
}

// answers reads until so many commands, tagged with a t, have their OK.
func (c *client) answers(n int) error {
	for n > 0 {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line[0] != 't' {
			continue
		}
		_, rest, _ := bytes.Cut(line, []byte(" "))
		if !bytes.HasPrefix(rest, []byte("OK")) {
			return fmt.Errorf("imap: APPEND: %s", bytes.TrimSpace(line))
		}
		n--
	}
	return nil
}

// waiting is what a program does that uses go-imap as its documentation shows: APPEND, wait, next. One connection. As it sends few
// messages where each takes long, its time begins when it has signed in.
func waiting(ctx context.Context, j *job) (timing, error) {
	c, err := imapclient.DialInsecure(j.addr, nil)
	if err != nil {
		return timing{}, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if err := c.Login(j.user, password).Wait(); err != nil {
		return timing{}, err
	}
	start := time.Now()
	for folder := range j.folders {
		if _, err := c.Select(folderName(folder), nil).Wait(); err != nil {
			return timing{}, err
		}
		for i := folder; i < j.n; i += j.folders {
			if err := appendOne(c, j, i); err != nil {
				return timing{}, err
			}
		}
	}
	return timing{upload: time.Since(start)}, nil
}

func appendOne(c *imapclient.Client, j *job, i int) error {
	head, body := j.corpus.message(i)
	cmd := c.Append(folderName(i%j.folders), int64(len(head)+len(body)), &imap.AppendOptions{Time: date(i)})
	if _, err := cmd.Write(head); err != nil {
		return err
	}
	if _, err := cmd.Write(body); err != nil {
		return err
	}
	if err := cmd.Close(); err != nil {
		return err
	}
	_, err := cmd.Wait()
	return err
}
