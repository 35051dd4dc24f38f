package cutover

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// fault is a refusal by supervisord (supervisor.xmlrpc.Faults).
type fault struct {
	Code    int
	Message string
}

func (f *fault) Error() string { return "supervisord says " + f.Message }

// The faults that need not be one.
const (
	faultNotRunning     = 70
	faultAlreadyStarted = 60
)

// maxAnswer bounds an answer: a thousand processes are less than 1 MiB.
const maxAnswer = 16 << 20

// call speaks the part of XML-RPC that supervisor needs: strings and truth
// values go in, and any value comes out.
func call(ctx context.Context, client *http.Client, server Server, method string, arguments ...any) (value, error) {
	var body bytes.Buffer
	fmt.Fprintf(&body, "<?xml version='1.0'?><methodCall><methodName>%s</methodName><params>", method)
	for _, a := range arguments {
		body.WriteString("<param><value>")
		switch a := a.(type) {
		case bool:
			number := map[bool]int{true: 1}[a]
			fmt.Fprintf(&body, "<boolean>%d</boolean>", number)
		case string:
			body.WriteString("<string>")
			_ = xml.EscapeText(&body, []byte(a))
			body.WriteString("</string>")
		}
		body.WriteString("</value></param>")
	}
	body.WriteString("</params></methodCall>")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://supervisord/RPC2", &body)
	if err != nil {
		return value{}, err
	}
	request.Header.Set("Content-Type", "text/xml")
	if server.Username != "" {
		request.SetBasicAuth(server.Username, server.Password)
	}
	response, err := client.Do(request)
	if err != nil {
		return value{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return value{}, fmt.Errorf("supervisord answers %s", response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return value{}, err
	}
	return answer(text)
}

// value is one of XML-RPC.
type value struct {
	String  *string  `xml:"string"`
	Int     *string  `xml:"int"`
	I4      *string  `xml:"i4"`
	Boolean *string  `xml:"boolean"`
	Members []member `xml:"struct>member"`
	Items   []value  `xml:"array>data>value"`
	Text    string   `xml:",chardata"` // a string without a type
}

type member struct {
	Name  string `xml:"name"`
	Value value  `xml:"value"`
}

func answer(text []byte) (value, error) {
	var response struct {
		XMLName xml.Name `xml:"methodResponse"`
		Values  []value  `xml:"params>param>value"`
		Fault   *value   `xml:"fault>value"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&response); err != nil {
		return value{}, fmt.Errorf("cannot read the answer of supervisord: %w", err)
	}
	switch {
	case response.Fault != nil:
		return value{}, &fault{response.Fault.member("faultCode").number(), response.Fault.member("faultString").text()}
	case len(response.Values) == 0:
		return value{}, errors.New("cannot read the answer of supervisord: it is empty")
	}
	return response.Values[0], nil
}

func (v value) member(name string) value {
	for _, m := range v.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return value{}
}

func (v value) text() string {
	if v.String != nil {
		return *v.String
	}
	return strings.TrimSpace(v.Text)
}

func (v value) number() int {
	for _, text := range []*string{v.Int, v.I4, v.Boolean} {
		if text != nil {
			n, _ := strconv.Atoi(strings.TrimSpace(*text))
			return n
		}
	}
	return 0
}
