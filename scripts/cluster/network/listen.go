package network

import (
	"errors"
	"net"
	"strconv"
)

// listener accepts through several doors and shows peers by their cluster address.
type listener struct {
	address  *net.TCPAddr
	doors    []net.Listener
	accepted chan accepted
	closed   chan struct{}
}

type accepted struct {
	conn net.Conn
	err  error
}

type shownConn struct {
	net.Conn
	remote net.Addr
}

func (c shownConn) RemoteAddr() net.Addr { return c.remote }

// Listen opens the API server's doors: one for people, one for the control
// plane and the nodes, one for the API server itself. Where a connection comes
// in decides which source address the audit log shows.
func Listen(n Network, port int) (net.Listener, error) {
	l := &listener{accepted: make(chan accepted), closed: make(chan struct{})}
	for _, door := range []int{gateway, controlPlane, loopback} {
		d, err := net.Listen("tcp", net.JoinHostPort(n.host(door), strconv.Itoa(port)))
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		l.doors = append(l.doors, d)
		l.address = d.Addr().(*net.TCPAddr)
		go l.acceptFrom(d, n, door)
	}
	return l, nil
}

func (l *listener) acceptFrom(door net.Listener, n Network, number int) {
	for {
		conn, err := door.Accept()
		if err == nil {
			conn = shownConn{conn, n.shown(conn.RemoteAddr().(*net.TCPAddr), number)}
		}
		select {
		case l.accepted <- accepted{conn, err}:
		case <-l.closed:
			return
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// Accept waits for the next connection through any door.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case a := <-l.accepted:
		return a.conn, a.err
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Addr is the API server's own door, which its loopback client dials.
func (l *listener) Addr() net.Addr { return l.address }

// Close shuts every door.
func (l *listener) Close() error {
	close(l.closed)
	var errs []error
	for _, door := range l.doors {
		errs = append(errs, door.Close())
	}
	return errors.Join(errs...)
}
