package rtf

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{
			"wrapped text", `{\rtf1\ansi\ansicpg1252\fromtext \deff0{\fonttbl{\f0\fswiss Arial;}}\uc1\pard\plain\f0 \fs20 one\par two \{x\}\par\tab caf\'e9\par }`,
			"one\r\ntwo {x}\r\n\tcafé\r\n",
		},
		{
			"rich text",
			`{\rtf1\ansi\deff0{\fonttbl{\f0 A;}}{\colortbl;\red255\green0\blue0;}\b bold\b0  and \cf1 red\~\bullet\par}`,
			"bold and red\u00a0•\r\n",
		},
		{
			"a link",
			`{\rtf1{\field{\*\fldinst{HYPERLINK "http://example.com/"}}{\fldrslt{\ul here}}}.}`,
			"here.",
		},
		{"hidden", `{\rtf1 a{\v secret}b}`, "ab"},
		{
			"wrapped HTML is read too",
			`{\rtf1\fromhtml1{\*\htmltag84 <b>}{\htmlrtf \b \htmlrtf0 x{\*\htmltag92 </b>}}\htmlrtf\par\htmlrtf0}`,
			"x\r\n",
		},
		{"a table", `{\rtf1\trowd a\cell b\cell\row c\cell\row}`, "a\tb\t\r\nc\t\r\n"},
		{"a picture", `{\rtf1 a{\pict\wmetafile8 0102}b}`, "ab"},
	} {
		var b strings.Builder
		if err := Text(&b, strings.NewReader(c.in)); err != nil || b.String() != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, b.String(), err, c.want)
		}
	}
}

// renderTests are pieces of rich text.
var renderTests = []struct {
	name, in, want string
	look           Look
}{
	{
		"plain",
		`{\rtf1\ansi\deff0\pard\plain\fs20 one\par\par two\par}`,
		"<div>one</div>\r\n<div>&nbsp;</div>\r\n<div>two</div>\r\n",
		Look{},
	},
	{
		"bold and italic",
		`{\rtf1 a\b b\i c\b0 d\plain e}`,
		"<div>a<b>b</b><b><i>c</i></b><i>d</i>e</div>\r\n",
		Look{Formatted: true},
	},
	{
		"over a paragraph's end",
		`{\rtf1\b a\par b}`,
		"<div><b>a</b></div>\r\n<div><b>b</b></div>\r\n",
		Look{Formatted: true},
	},
	{"escaped", `{\rtf1 <a> & "b"}`, "<div>&lt;a&gt; &amp; &quot;b&quot;</div>\r\n", Look{}},
	{
		"colour", `{\rtf1{\colortbl;\red0\green0\blue0;\red255\green0\blue16;}\cf1 a\cf2 b}`,
		`<div>a<span style="color:#ff0010;">b</span></div>` + "\r\n",
		Look{Formatted: true},
	},
	{
		"size",
		`{\rtf1\fs20 a\fs33 b}`,
		`<div>a<span style="font-size:16.5pt;">b</span></div>` + "\r\n",
		Look{Formatted: true},
	},
	{
		"a link", `{\rtf1 see {\field{\*\fldinst{ HYPERLINK "https://example.com/?a=1&b=2"}}{\fldrslt{\ul\cf1 here}}}!}`,
		`<div>see <a href="https://example.com/?a=1&amp;b=2">here</a>!</div>` + "\r\n",
		Look{Formatted: true},
	},
	{
		"a link that would run",
		`{\rtf1{\field{\*\fldinst HYPERLINK "javascript:alert(1)"}{\fldrslt x}}}`,
		"<div>x</div>\r\n",
		Look{},
	},
	{"a picture", `{\rtf1 a{\pict 00}}`, "<div>a</div>\r\n", Look{Lost: true}},
	{
		"a list",
		`{\rtf1{\pntext \'95\tab}one\par}`,
		"<div>•&nbsp;&nbsp;&nbsp; one</div>\r\n",
		Look{},
	},
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, c := range renderTests {
		var b strings.Builder
		look, err := Render(&b, strings.NewReader(c.in))
		_, body, _ := strings.Cut(b.String(), "<body>\r\n")
		body = strings.ReplaceAll(strings.TrimSuffix(body, "</body></html>\r\n"), "\u00a0", "&nbsp;")
		if err != nil || body != c.want || look != c.look {
			t.Errorf("%s: got %q, %+v, %v, want %q, %+v", c.name, body, look, err, c.want, c.look)
		}
	}
}

// FuzzRender: the tags that come out nest, and a second time gives the same.
func FuzzRender(f *testing.F) {
	f.Add(`{\rtf1\b a\i b\b0 c\par{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt y}}}`)
	f.Add(`{\rtf1{\colortbl;\red1;}\cf1\fs20\super x\line\sub y`)
	f.Fuzz(func(t *testing.T, in string) {
		var b, again strings.Builder
		if _, err := Render(&b, strings.NewReader(in)); err != nil {
			t.Fatal(err)
		}
		if _, err := Render(&again, strings.NewReader(in)); err != nil || again.String() != b.String() {
			t.Errorf("%q: got another text the second time", in)
		}
		out := b.String()
		if !utf8.ValidString(out) {
			t.Errorf("%q: got %q, no UTF-8", in, out)
		}
		_, body, _ := strings.Cut(out, "<body>")
		checkNesting(t, body)
		if err := Text(io.Discard, strings.NewReader(in)); err != nil {
			t.Error(err)
		}
	})
}

func checkNesting(t *testing.T, body string) {
	t.Helper()
	stack := []string{"html", "body"}
	for {
		_, rest, ok := strings.Cut(body, "<")
		if !ok {
			break
		}
		var tag string
		tag, body, _ = strings.Cut(rest, ">")
		name, _, _ := strings.Cut(tag, " ")
		switch {
		case name == "br":
		case !strings.HasPrefix(name, "/"):
			stack = append(stack, name)
		case len(stack) == 0 || stack[len(stack)-1] != name[1:]:
			t.Fatalf("got <%s> within %v", tag, stack)
		default:
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) != 0 {
		t.Errorf("got %v still open", stack)
	}
}
