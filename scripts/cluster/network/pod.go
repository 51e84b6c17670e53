package network

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
)

// dialPod connects to a pod that speaks HTTP on every port.
func dialPod() net.Conn {
	ours, theirs := net.Pipe()
	go func() {
		defer ours.Close()
		AnswerHTTP(ours)
	}()
	return theirs
}

// AnswerHTTP answers requests with 200 until the peer goes.
func AnswerHTTP(stream io.ReadWriter) {
	const body = "ok\n"
	reader := bufio.NewReader(stream)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
		if _, err := fmt.Fprintf(stream, head, len(body), body); err != nil || request.Close {
			return
		}
	}
}
