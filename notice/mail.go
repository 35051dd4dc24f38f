package notice

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// maxSubject keeps the encoded subject a few lines long.
const maxSubject = 200

// subject encodes a line as RFC 2047 has it. What looks encoded is no more.
func subject(line string) string {
	text := []rune(strings.NewReplacer("\t", " ", "=?", "= ?").Replace(line))
	encoded := mime.QEncoding.Encode("utf-8", string(text[:min(len(text), maxSubject)]))
	return strings.ReplaceAll(encoded, "?= =?", "?=\n =?")
}

// Mail is the notice as a message for a sendmail program. As cron does, it
// names the sender by the account alone: the mail system knows the domain.
func (n Notice) Mail(to string, date time.Time) []byte {
	var out bytes.Buffer
	for _, header := range [][2]string{
		{"From", oneLine(n.User) + " (ecounit)"},
		{"To", oneLine(to)},
		{"Subject", subject(n.Subject())},
		{"Date", date.Format(time.RFC1123Z)},
		// RFC 3834: no out-of-office note comes back.
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&out, "%s: %s\n", header[0], header[1])
	}
	out.WriteByte('\n')
	var body bytes.Buffer
	w := quotedprintable.NewWriter(&body)
	_, _ = w.Write([]byte(n.Text())) // to memory
	_ = w.Close()
	// sendmail programs take the line ends of the system.
	out.Write(bytes.ReplaceAll(body.Bytes(), []byte("\r\n"), []byte("\n")))
	return out.Bytes()
}
