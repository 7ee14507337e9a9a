"""The units that machines price, and how an instruction of each unit is timed.

The names are the `unit` column of the instruction table; this module does not read that table (a test compares the
two), so that a machine file can be checked without it. Adding a unit = one name here, one price in each machine file.
"""

from __future__ import annotations

from enum import IntEnum


class Path(IntEnum):
    """How the model times an instruction; the numbers are `enum Path` of `state.pxd`."""

    PLAIN = 0
    LOAD = 1
    STORE = 2
    AMO = 3
    BRANCH = 4
    JUMP = 5
    CSR = 6
    FENCE = 7
    CONFIG = 8
    VECTOR = 9
    VECTOR_LOAD = 10
    VECTOR_STORE = 11


_PLAIN = "alu mul div fp_add fp_mul fp_fma fp_div fp_sqrt fp_move fp_minmax fp_compare fp_cvt fp_to_int int_to_fp"
SCALAR_UNITS: dict[str, Path] = dict.fromkeys(_PLAIN.split(), Path.PLAIN) | {
    "branch": Path.BRANCH,
    "jump": Path.JUMP,
    "load": Path.LOAD,
    "fload": Path.LOAD,
    "store": Path.STORE,
    "fstore": Path.STORE,
    "amo": Path.AMO,
    "csr": Path.CSR,
    "fence": Path.FENCE,
    "system": Path.FENCE,
}

_ARITHMETIC = """
v_int_simple v_int_logic v_int_shift v_int_mul v_int_macc v_int_div v_carry v_carry_mask v_compare v_extend v_move
v_merge v_widen_add v_widen_add_w v_widen_mul v_widen_macc v_narrow_shift v_fixed_sat v_fixed_avg v_fixed_mul
v_fixed_shift v_narrow_clip v_fp_add v_fp_mul v_fp_fma v_fp_minmax v_fp_sgnj v_fp_merge v_fp_move v_fp_class
v_fp_compare v_fp_cvt v_fp_cvt_widen v_fp_cvt_narrow v_fp_widen_add v_fp_widen_add_w v_fp_widen_mul v_fp_widen_fma
v_fp_estimate v_fp_div v_fp_sqrt v_reduce_int v_reduce_logic v_reduce_int_widen v_reduce_fp v_reduce_fp_minmax
v_reduce_fp_ordered v_reduce_fp_widen v_reduce_fp_ordered_widen v_mask_logic v_mask_first v_mask_to_scalar v_iota v_id
v_vec_to_scalar v_scalar_to_vec v_slide_up v_slide_down v_slide1_up v_slide1_down v_gather v_gather16 v_gather_scalar
v_compress v_move_whole
"""
_LOADS = "v_load v_load_ff v_load_strided v_load_indexed v_load_mask v_load_whole v_load_seg v_load_seg_strided v_load_seg_indexed"
_STORES = "v_store v_store_strided v_store_indexed v_store_mask v_store_whole v_store_seg v_store_seg_strided v_store_seg_indexed"
VECTOR_UNITS: dict[str, Path] = (
    {"v_config": Path.CONFIG}
    | dict.fromkeys(_ARITHMETIC.split(), Path.VECTOR)
    | dict.fromkeys(_LOADS.split(), Path.VECTOR_LOAD)
    | dict.fromkeys(_STORES.split(), Path.VECTOR_STORE)
)
ALL_UNITS: dict[str, Path] = SCALAR_UNITS | VECTOR_UNITS
