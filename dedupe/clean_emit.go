package dedupe

import "bytes"

// emit moves bytes that may go out to p and puts a CR before each LF that lacks it.
func (c *Cleaner) emit(p []byte) int {
	n := c.emitLines(p)
	for n < len(p) && c.r < c.ok {
		b := c.mem[c.r:c.ok]
		if len(b) > len(p)-n {
			b = b[:len(p)-n]
		}
		k := loneLF(b, c.lastCR)
		if k > 0 {
			n += copy(p[n:], b[:k])
			c.r += k
			c.lastCR = b[k-1] == '\r'
		}
		switch {
		case k == len(b):
		case n+1 < len(p):
			n += copy(p[n:], crlf)
			c.r++
			c.lastCR = false
		default: // the LF goes out next
			p[n] = '\r'
			n++
			c.lastCR = true
		}
	}
	return n
}

// emitLines does it for whole lines as long as there is room for the longest that may come: nearly all there is.
func (c *Cleaner) emitLines(p []byte) int {
	src, dst := c.mem[c.r:c.ok], p
	before := byte(0) // the byte before src
	if c.lastCR {
		before = '\r'
	}
	for len(dst) > 1 {
		line := src
		if len(line) >= len(dst) {
			line = line[:len(dst)-1]
		}
		i := bytes.IndexByte(line, '\n')
		if i < 0 {
			break
		}
		if i > 0 {
			before = line[i-1]
			copy(dst, line[:i])
		}
		if before != '\r' {
			dst[i] = '\r'
			i++
			dst[i] = '\n'
			src = src[i:]
		} else {
			dst[i] = '\n'
			src = src[i+1:]
		}
		dst = dst[i+1:]
		before = '\n'
	}
	c.lastCR = before == '\r'
	c.r = c.ok - len(src)
	return len(p) - len(dst)
}

// loneLF gives the index of the first LF without a CR before it, len(b) if there is none.
func loneLF(b []byte, afterCR bool) int {
	at := 0
	for {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return len(b)
		}
		i += at
		if i > 0 {
			afterCR = b[i-1] == '\r'
		}
		if !afterCR {
			return i
		}
		at = i + 1
	}
}

// emitCR does it for a file whose lines end with CR; such files are rare and small.
func (c *Cleaner) emitCR(p []byte) int {
	n := 0
	for n < len(p) {
		if c.oweLF {
			p[n] = '\n'
			n++
			c.oweLF = false
			continue
		}
		if c.r == c.ok {
			break
		}
		b := c.mem[c.r]
		c.r++
		if b == '\n' && c.skipLF {
			c.skipLF = false
			continue
		}
		c.skipLF = b == '\r'
		c.oweLF = b == '\r' || b == '\n'
		if b == '\n' {
			b = '\r'
		}
		p[n] = b
		n++
	}
	return n
}
