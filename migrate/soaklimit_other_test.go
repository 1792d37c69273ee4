//go:build !linux && !darwin

package migrate_test

import "errors"

func (j soakJob) limit() error {
	if j.Options.Limit == 0 {
		return nil
	}
	return errors.ErrUnsupported
}
