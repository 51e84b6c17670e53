package cause

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
)

// header is how the API server is told the id of a request.
const header = "Audit-ID"

var (
	file  = open(os.Getenv("AUDITWEAVE_CAUSES"))
	write sync.Mutex
)

func open(name string) *os.File {
	if name == "" {
		return nil
	}
	opened, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cause:", err)
		os.Exit(1)
	}
	return opened
}

type sent struct {
	AuditID   string `json:"auditID"`
	Causes    []One  `json:"causes"`
	Forgotten int    `json:"forgotten,omitempty"`
}

type wrote struct {
	Version int64  `json:"version"`
	Verb    string `json:"verb"`
	AuditID string `json:"auditID"`
	Key     string `json:"key"`
}

func line(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		return
	}
	write.Lock()
	defer write.Unlock()
	_, _ = file.Write(append(text, '\n'))
}

// Sent is the header of a request that the goroutine is about to send, with an id of its own, under which the file says what it acts upon.
func Sent(own http.Header) http.Header {
	if file == nil || own.Get(header) != "" {
		return own
	}
	signed := own.Clone()
	if signed == nil {
		signed = http.Header{}
	}
	var id [16]byte
	_, _ = rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	auditID := fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	signed.Set(header, auditID)
	record := sent{AuditID: auditID, Causes: []One{}}
	if now := current(); now != nil {
		record.Causes, record.Forgotten = now.all, now.forgotten
	}
	line(record)
	return signed
}

// Passed tells a server that is asked on behalf of a request which one that is.
func Passed(own http.Header, request string) {
	if file != nil && request != "" {
		own.Set(header, request)
	}
}

// Wrote says that a request made a version: only the API server knows that of all of them.
func Wrote(request, key string, version int64, verb string) {
	if file != nil {
		line(wrote{Version: version, Verb: verb, AuditID: request, Key: key})
	}
}
