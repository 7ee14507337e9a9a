# Multiply-adds that follow one another and share a vector: it is read once for all of them, and what every one of them would look at
# first (is it legal, how does the host round) is looked at once.
#
# All operands of such an instruction are register groups of one size, so two of them are the same or have nothing in common, and an
# element of a result depends on that element of its sources only. So the instructions may go side by side through the elements, as
# long as none reads what another one of them has written. A vector in which a NaN turns up is left to the loops of the instructions:
# NaN results are canonical, and the invalid operation that hosts let pass is looked for there. Chapters: V 13.6, 13.7.
# Who uses this has to know that the instructions follow one another and under which vtype. It must not know of time.
from libc.stdint cimport int32_t, uint32_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport Loop, State
from rvsim.core.vcommon cimport vreg

cdef void *SCALAR_FORM = NULL   # step function of what multiplies a vector with a scalar,
cdef Loop MACC[4]               # its loops by SEW where it adds to the register that it writes,
cdef Loop MADD[4]               # and where it multiplies that one
cdef Several KERNEL[4]


cdef bint free_of(Products *p, uint32_t addend) noexcept nogil:
    """Whether none of them writes this register group, nor the vector."""
    cdef int32_t i
    for i in range(p.count):
        if p.at[1 + MOST_PRODUCTS + i] == addend or p.at[1 + MOST_PRODUCTS + i] == p.at[0]:
            return False
    return True


cdef bint join_product(Products *p, Op *op, uint32_t vtype, uint32_t vlenb) noexcept nogil:
    """The instruction, executed under this vtype, joins those that stand before it; false: it has to be executed for itself."""
    cdef int32_t sew = vtype & 3, i = p.count
    cdef Loop loop
    cdef uint32_t vector, addend
    if i == MOST_PRODUCTS or op.step != SCALAR_FORM or not op.vm or vtype > 31 or not (op.legal >> vtype) & 1 or KERNEL[sew] == NULL:
        return False
    loop = (<Loop *>op.aux)[sew]
    if loop != MACC[sew] and loop != MADD[sew]:
        return False
    vector, addend = op.rs2 * vlenb, op.rd * vlenb
    if loop == MADD[sew]:
        vector, addend = addend, vector
    if i == 0:
        p.vidx, p.log_bytes, p.kernel, p.at[0] = vtype, sew, KERNEL[sew], vector
    elif vtype != p.vidx or vector != p.at[0] or not free_of(p, addend):
        return False
    p.at[1 + i], p.at[1 + MOST_PRODUCTS + i], p.scalar[i], p.op[i] = addend, op.rd * vlenb, op.rs1, op
    p.count += 1
    return True


cdef void multiply_rest(State *s, Products *p, const uint64_t *scalars, uint64_t first) noexcept nogil:
    """The elements from `first` on, one instruction after the other."""
    cdef uint64_t skip = first << p.log_bytes
    cdef Op *op
    cdef int32_t i
    for i in range(p.count):
        op = p.op[i]
        (<Loop *>op.aux)[p.log_bytes](s, vreg(s, op.rd) + skip, vreg(s, op.rd) + skip, vreg(s, op.rs2) + skip, &scalars[i], s.ev.vl - first)


def install(size_t scalar_form, macc, madd, kernels):
    """scalar_form: the step function; macc, madd: log2 of element bytes -> loop of vfmacc.vf, vfmadd.vf; kernels: the same -> kernel."""
    global SCALAR_FORM
    cdef int i
    SCALAR_FORM = <void *>scalar_form
    for i in range(4):
        MACC[i], MADD[i] = <Loop><size_t>macc.get(i, 0), <Loop><size_t>madd.get(i, 0)
        KERNEL[i] = <Several><size_t>kernels.get(i, 0)
