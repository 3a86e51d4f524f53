//go:build !js

package codec

func engines() map[string]engine {
	return map[string]engine{"klauspost": klauspost{}, "transforms": transforms{}}
}
