package runtime

import (
	"errors"
	"fmt"
	"net"
)

// addressPool gives pods the addresses of the node's range, the longest unused first.
type addressPool struct{ free []string }

var errNoAddress = errors.New("plugin type=\"bridge\" failed (add): failed to allocate for range 0: no IP addresses available in range set")

func (p *addressPool) ready() bool { return p.free != nil }

// setRange fills the pool once; network, gateway and broadcast addresses are left out.
func (p *addressPool) setRange(cidr string) error {
	if cidr == "" || p.free != nil {
		return nil
	}
	ip, block, err := net.ParseCIDR(cidr)
	if err != nil {
		return err
	}
	base := ip.Mask(block.Mask).To4()
	ones, bits := block.Mask.Size()
	if base == nil || bits-ones > 8 {
		return fmt.Errorf("expected a pod CIDR of at most 256 IPv4 addresses, got %s", cidr)
	}
	for last := 2; last < 1<<(bits-ones)-1; last++ {
		p.free = append(p.free, net.IPv4(base[0], base[1], base[2], base[3]+byte(last)).String())
	}
	return nil
}

func (p *addressPool) take() (string, error) {
	if len(p.free) == 0 {
		return "", errNoAddress
	}
	address := p.free[0]
	p.free = p.free[1:]
	return address, nil
}

func (p *addressPool) giveBack(address string) {
	if address != "" {
		p.free = append(p.free, address)
	}
}
