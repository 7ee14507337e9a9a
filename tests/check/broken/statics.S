# Tables in assembly: one vector load that reaches from one object into the next, and correct uses (names begin with ok_).
        .data
        .balign 16
        .type   first, @object
        .size   first, 16
first:  .word   1, 2, 3, 4
        .type   second, @object
        .size   second, 16
second: .word   5, 6, 7, 8
untyped:                                        # no type, no size: reaches to the next symbol
        .word   9, 10, 11, 12
inside: .word   13, 14, 15, 16                  # a name within it
.Lhidden:                                       # no symbol at all
        .word   17, 18

        .macro  table name, where, count        # void f(int y[count]): y = the words from `where` on
        .globl  \name
\name:  la      t0, \where
        vsetivli zero, \count, e32, m2, ta, ma
        vle32.v v8, (t0)
        vse32.v v8, (a0)
        ret
        .endm
        .text
        table   into_next, first, 8
        table   behind_all, .Lhidden, 8
        table   ok_whole, second, 4
        table   ok_untyped, untyped, 8
        table   ok_hidden, .Lhidden, 2
