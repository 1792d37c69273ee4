package rtf

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func html(t testing.TB, in string) string {
	t.Helper()
	var b strings.Builder
	if err := HTML(&b, strings.NewReader(in)); err != nil {
		t.Fatalf("%q: %v", in, err)
	}
	return b.String()
}

// specRTF is the example of [MS-OXRTFEX] section 3, with the line ends that a writer of RTF may put anywhere left out where
// they would be text.
const specRTF = `{\rtf1\ANSI\ansicpg1251\fromhtml1 \deff0
{\fonttbl {\f0\fmodern Courier New;}{\f1\fswiss Arial;}{\f2\fswiss\fcharset0 Arial;}}
{\colortbl\red0\green0\blue0;\red0\green0\blue255;}
{\*\htmltag64}
\uc1\pard\plain\deftab360 \f0\fs24
{\*\htmltag <HTML><head>\par
<style>\par
<!--\par
/* Style Definitions */\par
p.MsoNormal, li.MsoNormal \{font-family:Arial;\}\par
-->\par
</style>\par
\tab <!-- This is a HTML comment.\par
There is a horizontal tab (%x09) character before the comment, \par
and some new line inside the comment. -->\par
</head>\par
<body>\par
<p\par
class="MsoNormal">}
{\htmlrtf \f1 \htmlrtf0 Note the line break inside a P tag. {\*\htmltag <b>}{\htmlrtf \b \htmlrtf0 This is bold text{\*\htmltag </b>}}\htmlrtf\par\htmlrtf0}
\htmlrtf \par \htmlrtf0
{\*\htmltag \par
</p>\par
<p class="MsoNormal">\par
}
{\htmlrtf \f1 \htmlrtf0 This is a normal text with a character references:
{\*\htmltag &nbsp;}\htmlrtf \'a0\htmlrtf0  {\*\htmltag &lt;}\htmlrtf <\htmlrtf0  {\*\htmltag &uml;}\htmlrtf {\f2\'a8}\htmlrtf0{\*\htmltag <br>\par
}\htmlrtf\line\htmlrtf0
characters which have special meaning in RTF: \{\}\\{\*\htmltag <br>\par
}\htmlrtf\line\htmlrtf0\htmlrtf\par\htmlrtf0}
{\*\htmltag </p>\par
<ol>\par
    <li class="MsoNormal">}{\htmlrtf {{\*\pn\pnlvlbody\pndec\pnstart1\pnindent360{\pntxta.}}\li360\fi-360{\pntext 1.\tab} \f1 \htmlrtf0 This is a list item}\htmlrtf\par\htmlrtf0}
{\*\htmltag \par
</ol>\par
</body>\par
</HTML>\par
}}`

const specHTML = `<HTML><head>
<style>
<!--
/* Style Definitions */
p.MsoNormal, li.MsoNormal {font-family:Arial;}
-->
</style>
	<!-- This is a HTML comment.
There is a horizontal tab (%x09) character before the comment, 
and some new line inside the comment. -->
</head>
<body>
<p
class="MsoNormal">Note the line break inside a P tag. <b>This is bold text</b>
</p>
<p class="MsoNormal">
This is a normal text with a character references:&nbsp; &lt; &uml;<br>
characters which have special meaning in RTF: {}\<br>
</p>
<ol>
    <li class="MsoNormal">This is a list item
</ol>
</body>
</HTML>
`

func TestHTMLOfTheSpecification(t *testing.T) {
	t.Parallel()
	want := strings.ReplaceAll(specHTML, "\n", "\r\n")
	if got := html(t, specRTF); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}

// htmlTests are pieces of wrapped HTML.
var htmlTests = []struct{ name, in, want string }{
	{"tag with a parameter", `{\rtf1\fromhtml1{\*\htmltag84 <b>}x{\*\htmltag92 </b>}}`, "<b>x</b>"},
	{"two blanks after the word: one is text", `{\rtf1\fromhtml1{\*\htmltag84  <b>}}`, " <b>"},
	{
		"line ends in the source are none",
		"{\\rtf1\\fromhtml1{\\*\\htmltag84 <a\r\nb>}\r\nx}",
		"<ab>x",
	},
	{
		"htmlrtf goes into groups and back",
		`{\rtf1\fromhtml1 a\htmlrtf b{c\htmlrtf0 d}e\htmlrtf0 f}`,
		"adf",
	},
	{"htmlrtf within a group ends with it", `{\rtf1\fromhtml1 a{\htmlrtf b}c}`, "ac"},
	{
		"mhtmltag is left out",
		`{\rtf1\fromhtml1{\*\mhtmltag84 <img src="rewritten">}{\*\htmltag84 <img src="cid:1">}}`,
		`<img src="cid:1">`,
	},
	{"control words in a tag are left out", `{\rtf1\fromhtml1{\*\htmltag84 <\b x\f1 y>}}`, "<xy>"},
	{
		"character words", `{\rtf1\fromhtml1 a\lquote b\rquote c\ldblquote d\rdblquote\bullet\endash\emdash\~\_\line\tab}`,
		"a&lsquo;b&rsquo;c&ldquo;d&rdquo;&bull;&ndash;&mdash;&nbsp;&shy;\r\n\t",
	},
	{"the code page", `{\rtf1\ansi\ansicpg1251\fromhtml1 \'cf\'f0\'e8}`, "При"},
	{
		"the font's code page, text only",
		`{\rtf1\ansi\ansicpg1252\fromhtml1{\fonttbl{\f0 A;}{\f1\fcharset204 B;}}\f1 \'cf{\*\htmltag84 \'e9}\plain \'e9}`,
		"Пéé",
	},
	{
		"two bytes a character",
		`{\rtf1\ansi\ansicpg932\fromhtml1{\*\htmltag84 \'93\'fa\'96{}\'7b\'83A}}`,
		"日\ufffd{ア",
	},
	{"two bytes, one plain", `{\rtf1\ansi\ansicpg932\fromhtml1 \'93\'fa\'83A}`, "日ア"},
	{"unicode", `{\rtf1\fromhtml1\uc1 \u26085?\u26412 ?x}`, "日本x"},
	{"unicode, negative", `{\rtf1\fromhtml1\uc1 \u-3913?}`, "\uf0b7"},
	{
		"unicode, two bytes stand for it",
		`{\rtf1\ansi\ansicpg932\fromhtml1\uc2 \u26085\'93\'fax}`,
		"日x",
	},
	{"unicode, none stands for it", `{\rtf1\fromhtml1{\uc0 \u26085x}\u26412?y}`, "日x本y"},
	{"unicode, a pair", `{\rtf1\fromhtml1\uc1 \u-10179?\u-8704?}`, "😀"},
	{"unicode, half a pair", `{\rtf1\fromhtml1\uc1 \u-10179?x}`, "\ufffdx"},
	{"skipping ends with a group", `{\rtf1\fromhtml1{\uc2\u26085 }x}`, "日x"},
	{"binary is passed over", "{\\rtf1\\fromhtml1 a{\\*\\other\\bin5 }}}}}}b}", "ab"},
	{
		"unknown destinations are left out",
		`{\rtf1\fromhtml1{\*\generator Outlook;}{\stylesheet x{\s1 y;}}{\info{\title z}}a}`,
		"a",
	},
	{"cut off", `{\rtf1\fromhtml1{\*\htmltag84 <b>`, "<b>"},
	{"a quote without digits", `{\rtf1\fromhtml1 \'zz}`, "'zz"},
	{"more closed than opened", `}}}{\rtf1\fromhtml1 a}}}b`, "ab"},
	{"control characters within", "{\\rtf1\\fromhtml1 a\x00b}", "ab"},
}

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, c := range htmlTests {
		if got := html(t, c.in); got != c.want {
			t.Errorf("%s: %s: got %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestSniff(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Kind{
		specRTF: WrappedHTML, `{\rtf1\ansi\ansicpg1252\fromtext \deff0{\fonttbl}`: WrappedText, `{\rtf1\ansi\mac\deff0 \b Hello \fromhtml1}`: Rich,
		"": Rich, `{\rtf1\ansi{\fonttbl{\f0 x;}}\fromhtml1}`: Rich, "not RTF": Rich,
	} {
		if got, err := Sniff(strings.NewReader(in)); got != want || err != nil {
			t.Errorf("%.40q: got %d, %v, want %d", in, got, err, want)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	const depth = 100_000
	in := `{\rtf1\fromhtml1 a` + strings.Repeat(`{\htmlrtf0 `, depth) + "b" + strings.Repeat("}", depth) + "c}"
	if got := html(t, in); got != "abc" {
		t.Errorf("got %.20q, want abc", got)
	}
}

// FuzzHTML: what comes out is UTF-8 and not out of proportion, and what is in htmltag groups comes out.
func FuzzHTML(f *testing.F) {
	f.Add(specRTF, "<p>")
	f.Add(`{\rtf1\ansi\ansicpg932\fromhtml1\uc1 \'93\u-10179?{\htmlrtf x}`, "<a href=x>")
	f.Fuzz(func(t *testing.T, in, tag string) {
		got := html(t, in)
		if !utf8.ValidString(got) || len(got) > 100+8*len(in) {
			t.Errorf("%q: got %q", in, got)
		}
		if strings.ContainsAny(tag, "\\{}\r\n\x00") || strings.ContainsFunc(tag, func(r rune) bool { return r >= 0x80 }) {
			return
		}
		if got := html(t, `{\rtf1\fromhtml1{\*\htmltag84 `+tag+`}}`); got != tag {
			t.Errorf("got %q, want %q", got, tag)
		}
	})
}
