//go:build machine

package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"ecounit/test/machine"
)

// dialTLS opens a connection to the host's Apache.
func (h *host) dialTLS(ctx context.Context) (net.Conn, error) {
	raw, err := h.DialContext(ctx, "tcp", machine.HostName+":443")
	if err != nil {
		return nil, err
	}
	config := h.HTTPClient().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = machine.HostName
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// webSocket is one end of a websocket (RFC 6455), for whole texts.
type webSocket struct {
	net.Conn
	reader *bufio.Reader
}

// acceptKey is what a server has to answer to a key.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// webSocket opens a websocket through Apache. It closes with the test. Headers
// are "Name: value".
func (h *host) webSocket(path string, headers ...string) *webSocket {
	h.t.Helper()
	conn, err := h.dialTLS(h.t.Context())
	h.Must(err)
	h.t.Cleanup(func() { conn.Close() })
	h.Must(conn.SetDeadline(time.Now().Add(20 * time.Second)))
	nonce := make([]byte, 16)
	rand.Read(nonce)
	key := base64.StdEncoding.EncodeToString(nonce)
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nOrigin: https://%[2]s\r\n%[4]s\r\n",
		path, machine.HostName, key, strings.Join(append(headers, ""), "\r\n"))
	h.Must(err)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	h.Must(err)
	if response.StatusCode != http.StatusSwitchingProtocols || response.Header.Get("Sec-WebSocket-Accept") != acceptKey(key) {
		h.t.Fatalf("the websocket %s is answered with %s %v", path, response.Status, response.Header)
	}
	return &webSocket{conn, reader}
}

const textFrame = 0x80 | 1 // the only one of its message

func (s *webSocket) send(text string) error {
	frame := []byte{textFrame}
	if len(text) < 126 {
		frame = append(frame, 0x80|byte(len(text)))
	} else {
		frame = append(frame, 0x80|126, byte(len(text)>>8), byte(len(text)))
	}
	var mask [4]byte
	rand.Read(mask[:])
	frame = append(frame, mask[:]...)
	for i := range len(text) {
		frame = append(frame, text[i]^mask[i%4])
	}
	_, err := s.Write(frame)
	return err
}

func (s *webSocket) receive() (string, error) {
	var head [2]byte
	if _, err := io.ReadFull(s.reader, head[:]); err != nil {
		return "", err
	}
	size := int(head[1])
	if size == 126 {
		var long [2]byte
		if _, err := io.ReadFull(s.reader, long[:]); err != nil {
			return "", err
		}
		size = int(long[0])<<8 | int(long[1])
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(s.reader, text); err != nil {
		return "", err
	}
	if head[0] != textFrame {
		return "", fmt.Errorf("got a frame %#x: %q", head[0], text)
	}
	return string(text), nil
}
