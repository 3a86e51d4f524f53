package codec

func engines() map[string]engine {
	return map[string]engine{"transforms": transforms{}}
}
