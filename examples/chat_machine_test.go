//go:build machine

package examples

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"ecounit/test/machine"
)

func asgi(h host) {
	const path, base = "/alice_chat", "http://127.0.0.1:8002"
	for _, sockets := range []string{"websockets", "wsproto"} {
		server := h.start("asgi-chat", base+"/healthz", nil, "python3", "-m", "uvicorn", "--port", "8002", "--workers", "1",
			"--forwarded-allow-ips", "*", "--root-path", path, "--ws", sockets, "main:app")
		client := h.client()
		page := h.get(client, base+"/", 200)
		outside := machine.HostName + path
		h.contains(page, `href="https://`+outside+`/static/chat.css"`, `src="https://`+outside+`/static/chat.js"`,
			`data-socket="wss://`+outside+`/ws"`, `data-events="https://`+outside+`/events"`)
		h.contains(h.get(client, base+"/static/chat.css", 200), "color-scheme")
		h.contains(h.get(client, base+"/static/chat.js", 200), "WebSocket")
		h.whoami(client, base+"/whoami", path)

		ann, ben := h.join(), h.join()
		h.must(send(ann, "hello <there>"))
		for _, conn := range []*bufio.ReadWriter{ann, ben} {
			got, err := receive(conn)
			h.must(err)
			h.contains(got, `"text": "hello <there>"`)
		}
		late := h.join()
		got, err := receive(late)
		h.must(err)
		h.contains(got, "hello")

		stream, err := client.Get(base + "/events")
		h.must(err)
		begin := time.Now()
		lines := bufio.NewScanner(stream.Body)
		for lines.Scan() {
			if lines.Text() == "data: 3" {
				break
			}
		}
		if passed := time.Since(begin); passed > 3*time.Second {
			h.Errorf("the event came after %s", passed)
		}
		took := h.stop(server) // with three websockets and a stream open
		stream.Body.Close()
		if took > 15*time.Second {
			h.Errorf("%s: stopped in %s", sockets, took)
		}
		h.Logf("%s: stopped in %s", sockets, took)
	}
}

// join opens a websocket (RFC 6455), just enough for short texts.
func (h host) join() *bufio.ReadWriter {
	h.Helper()
	conn, err := h.DialContext(h.Context(), "tcp", "127.0.0.1:8002")
	h.must(err)
	h.Cleanup(func() { conn.Close() })
	h.must(conn.SetDeadline(time.Now().Add(30 * time.Second)))
	key := base64.StdEncoding.EncodeToString(make([]byte, 16))
	fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"X-Forwarded-Proto: https\r\nX-Forwarded-For: 10.1.2.3\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nOrigin: https://%[1]s\r\n\r\n", machine.HostName, key)
	stream := bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))
	response, err := http.ReadResponse(stream.Reader, nil)
	h.must(err)
	if response.StatusCode != http.StatusSwitchingProtocols {
		h.Fatalf("the websocket is answered with %s", response.Status)
	}
	return stream
}

// send masks with zeros, which leave the text as it is.
func send(stream *bufio.ReadWriter, text string) error {
	if len(text) > 125 {
		return fmt.Errorf("cannot send %d bytes", len(text))
	}
	_, err := stream.WriteString("\x81" + string([]byte{0x80 | byte(len(text)), 0, 0, 0, 0}) + text)
	if err != nil {
		return err
	}
	return stream.Flush()
}

func receive(stream *bufio.ReadWriter) (string, error) {
	var head [2]byte
	if _, err := io.ReadFull(stream, head[:]); err != nil {
		return "", err
	}
	size := int(head[1])
	if size == 126 {
		var long [2]byte
		if _, err := io.ReadFull(stream, long[:]); err != nil {
			return "", err
		}
		size = int(binary.BigEndian.Uint16(long[:]))
	}
	var text strings.Builder
	_, err := io.CopyN(&text, stream, int64(size))
	if head[0] != 0x81 {
		return "", fmt.Errorf("got a frame %x: %q", head, text.String())
	}
	return text.String(), err
}
