// Package cause carries along what a component acts upon: from the version of an object that a handler is told of, through work queues, to the
// requests that are sent for it. It is added to client-go when a cluster is built (see patches.json) and does nothing at all unless
// AUDITWEAVE_CAUSES names a file.
//
// What a goroutine acts upon is a Set, kept where the runtime keeps the labels of its profiler, so that goroutines started by it have it too.
// Each request gets a random Audit-ID, which the API server keeps, and a line of the file says what it was sent for; the audit log shows
// nothing of it. The API server itself writes which request made which version of an object, and which requests it sends to itself for
// the sake of which.
package cause
