#include "textflag.h"

// What G of RFC 7693 does to four words of eight states: word w of state i is the
// i-th quadword of register w. x and y say which words of the messages, at DI.
#define MIX(a, b, c, d, x, y) \
	VPADDQ x*64(DI), a, a \
	VPADDQ b, a, a \
	VPXORQ a, d, d \
	VPRORQ $32, d, d \
	VPADDQ d, c, c \
	VPXORQ c, b, b \
	VPRORQ $24, b, b \
	VPADDQ y*64(DI), a, a \
	VPADDQ b, a, a \
	VPXORQ a, d, d \
	VPRORQ $16, d, d \
	VPADDQ d, c, c \
	VPXORQ c, b, b \
	VPRORQ $63, b, b

#define ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
	MIX(Z0, Z4, Z8, Z12, s0, s1) \
	MIX(Z1, Z5, Z9, Z13, s2, s3) \
	MIX(Z2, Z6, Z10, Z14, s4, s5) \
	MIX(Z3, Z7, Z11, Z15, s6, s7) \
	MIX(Z0, Z5, Z10, Z15, s8, s9) \
	MIX(Z1, Z6, Z11, Z12, s10, s11) \
	MIX(Z2, Z7, Z8, Z13, s12, s13) \
	MIX(Z3, Z4, Z9, Z14, s14, s15)

// ROW loads half of the block of message i.
#define ROW(i, off, z) \
	MOVQ i*8(SI), AX \
	VMOVDQU64 off(AX), z

// FOUR stores four words, every other one from off on, of what is in eight
// registers: pairs of quadwords of two messages each.
#define FOUR(p, q, r, s, off) \
	VSHUFI64X2 $0x88, q, p, Z24 \
	VSHUFI64X2 $0xdd, q, p, Z25 \
	VSHUFI64X2 $0x88, s, r, Z26 \
	VSHUFI64X2 $0xdd, s, r, Z27 \
	VSHUFI64X2 $0x88, Z26, Z24, Z28 \
	VSHUFI64X2 $0x88, Z27, Z25, Z29 \
	VSHUFI64X2 $0xdd, Z26, Z24, Z30 \
	VSHUFI64X2 $0xdd, Z27, Z25, Z31 \
	VMOVDQU64 Z28, (off+0*128)(DI) \
	VMOVDQU64 Z29, (off+1*128)(DI) \
	VMOVDQU64 Z30, (off+2*128)(DI) \
	VMOVDQU64 Z31, (off+3*128)(DI)

// TRANSPOSE brings eight words of each of eight messages in order by words.
#define TRANSPOSE(off, to) \
	ROW(0, off, Z8) \
	ROW(1, off, Z9) \
	ROW(2, off, Z10) \
	ROW(3, off, Z11) \
	ROW(4, off, Z12) \
	ROW(5, off, Z13) \
	ROW(6, off, Z14) \
	ROW(7, off, Z15) \
	VPUNPCKLQDQ Z9, Z8, Z16 \
	VPUNPCKHQDQ Z9, Z8, Z20 \
	VPUNPCKLQDQ Z11, Z10, Z17 \
	VPUNPCKHQDQ Z11, Z10, Z21 \
	VPUNPCKLQDQ Z13, Z12, Z18 \
	VPUNPCKHQDQ Z13, Z12, Z22 \
	VPUNPCKLQDQ Z15, Z14, Z19 \
	VPUNPCKHQDQ Z15, Z14, Z23 \
	FOUR(Z16, Z17, Z18, Z19, to) \
	FOUR(Z20, Z21, Z22, Z23, to+64)

#define BROADCAST(value, z) \
	MOVQ $value, AX \
	VPBROADCASTQ AX, z

#define FEED(off, low, high) \
	VPXORQ high, low, low \
	VPXORQ off*64(R8), low, low \
	VMOVDQU64 low, off*64(R8)

// func compressEight(states *[8][8]uint64, words *[16][8]uint64, blocks *[8]*byte, counter, last uint64)
TEXT ·compressEight(SB), NOSPLIT, $0-40
	MOVQ states+0(FP), R8
	MOVQ words+8(FP), DI
	MOVQ blocks+16(FP), SI
	TRANSPOSE(0, 0)
	TRANSPOSE(64, 512)
	VMOVDQU64 0*64(R8), Z0
	VMOVDQU64 1*64(R8), Z1
	VMOVDQU64 2*64(R8), Z2
	VMOVDQU64 3*64(R8), Z3
	VMOVDQU64 4*64(R8), Z4
	VMOVDQU64 5*64(R8), Z5
	VMOVDQU64 6*64(R8), Z6
	VMOVDQU64 7*64(R8), Z7
	BROADCAST(0x6a09e667f3bcc908, Z8)
	BROADCAST(0xbb67ae8584caa73b, Z9)
	BROADCAST(0x3c6ef372fe94f82b, Z10)
	BROADCAST(0xa54ff53a5f1d36f1, Z11)
	BROADCAST(0x510e527fade682d1, Z12)
	BROADCAST(0x9b05688c2b3e6c1f, Z13)
	BROADCAST(0x1f83d9abfb41bd6b, Z14)
	BROADCAST(0x5be0cd19137e2179, Z15)
	VPBROADCASTQ counter+24(FP), Z16
	VPXORQ Z16, Z12, Z12
	VPBROADCASTQ last+32(FP), Z16
	VPXORQ Z16, Z14, Z14
	ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)
	ROUND(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4)
	ROUND(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8)
	ROUND(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13)
	ROUND(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9)
	ROUND(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11)
	ROUND(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10)
	ROUND(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5)
	ROUND(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0)
	ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	ROUND(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)
	FEED(0, Z0, Z8)
	FEED(1, Z1, Z9)
	FEED(2, Z2, Z10)
	FEED(3, Z3, Z11)
	FEED(4, Z4, Z12)
	FEED(5, Z5, Z13)
	FEED(6, Z6, Z14)
	FEED(7, Z7, Z15)
	VZEROUPPER
	RET
