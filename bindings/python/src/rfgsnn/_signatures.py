# Generated from api/ by apigen. Do not edit: change api/ and run `swift run apigen`.
"""The C interface of librfgsnn for ctypes."""

from __future__ import annotations

from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int32,
    c_int64,
    c_uint8,
    c_uint16,
    c_uint64,
    c_void_p,
)
from enum import IntEnum
from typing import Any

ABI_MAJOR = 1
ABI_MINOR = 0


class Status(IntEnum):
    """What a call came to: 0 fine, < 0 an error, > 0 why rfgsnn_fit stopped."""

    #: The call did what it was asked.
    OK = 0
    #: rfgsnn_fit has done all steps of option steps.
    STOPPED_STEPS = 1
    #: The validation loss did not improve for as many reports as option patience says.
    STOPPED_EARLY = 2
    #: The loss reached option loss_target.
    STOPPED_TARGET = 3
    #: The progress callback returned a positive number.
    STOPPED_CALLBACK = 4
    #: rfgsnn_request_stop or rfgsnn_network_request_stop was called.
    STOPPED_REQUEST = 5
    #: A pointer that must not be NULL is NULL.
    ERROR_NULL_POINTER = -1
    #: A handle was freed, is of another kind, or never came from this library.
    ERROR_INVALID_HANDLE = -2
    #: The rank, the extents or the strides of an array, or a length, are not what the
    #: network needs.
    ERROR_SHAPE = -3
    #: An array is not of 32 or 64-bit floating point in CPU memory, or an option is of
    #: another type.
    ERROR_DTYPE = -4
    #: A NaN or an infinity is in an argument, in a loss or in an update.
    ERROR_NOT_FINITE = -5
    #: There is no option of this key.
    ERROR_UNKNOWN_OPTION = -6
    #: A number is outside its range, a string is not one of the choices, or an option
    #: that must be set is not.
    ERROR_OUT_OF_RANGE = -7
    #: Memory could not be had, or option memory_limit would be exceeded.
    ERROR_OUT_OF_MEMORY = -8
    #: Another thread, or this thread's own callback, is inside a call on the same
    #: handle or network.
    ERROR_BUSY = -9
    #: A network was to be freed before its trainers and states.
    ERROR_IN_USE = -10
    #: Another call must come first, such as rfgsnn_forward before
    #: rfgsnn_estimate_gradient.
    ERROR_WRONG_ORDER = -11
    #: The combination is not offered, such as a closed-form solution of a spiking
    #: readout.
    ERROR_UNSUPPORTED = -12
    #: The host's own callback returned a negative number; the library raises this code
    #: for no other reason.
    ERROR_CALLBACK = -13
    #: The library's binary interface is not the one the program was compiled for.
    ERROR_ABI = -14
    #: A fault of the library.
    ERROR_INTERNAL = -15
    #: rfgsnn_network_request_stop or rfgsnn_request_stop asked for it.
    ERROR_CANCELLED = -16


class OptionType(IntEnum):
    """The type of an option's value, and so the setter it takes."""

    #: A 64-bit integer: rfgsnn_options_set_int.
    INT = 1
    #: A double: rfgsnn_options_set_float, or rfgsnn_options_set_int.
    FLOAT = 2
    #: One of a list of words: rfgsnn_options_set_string.
    STRING = 3
    #: A list of 64-bit integers: rfgsnn_options_set_ints.
    INTS = 4


class Device(Structure):
    """Where the memory of an array is."""

    _fields_ = [
        #: 1 = CPU; nothing else is taken.
        ("device_type", c_int32),
        #: 0; not looked at.
        ("device_id", c_int32),
    ]


class Dtype(Structure):
    """The type of an array's elements."""

    _fields_ = [
        #: 2 = floating point; nothing else is taken.
        ("code", c_uint8),
        #: 32 or 64.
        ("bits", c_uint8),
        #: 1.
        ("lanes", c_uint16),
    ]


class Array(Structure):
    """A view of an array that the caller owns.

    Its layout is DLTensor's of DLPack (dlpack.h), so a DLTensor in CPU memory can be
    passed by a cast. The library keeps neither the view nor the memory after the call.
    """

    _fields_ = [
        #: First byte of the memory; not NULL.
        ("data", c_void_p),
        #: {1, 0}: CPU memory.
        ("device", Device),
        #: Rank: the length of shape and strides.
        ("ndim", c_int32),
        #: {2, 32, 1} = float, {2, 64, 1} = double.
        ("dtype", Dtype),
        #: Extents, slowest first in C order, each from 1 to 2^31 - 1.
        ("shape", POINTER(c_int64)),
        #: Steps in ELEMENTS, not bytes; NULL = contiguous in C order. May be negative,
        #: zero (not for outputs) or in any order.
        ("strides", POINTER(c_int64)),
        #: From data to the first element, in bytes; the elements must be aligned to
        #: their size.
        ("byte_offset", c_uint64),
    ]


#: Called by rfgsnn_fit at each report and, between reports that are far apart, about
#: four times a second, on the thread that called rfgsnn_fit. Returns 0 to go on, a
#: positive number to stop (rfgsnn_fit returns RFGSNN_STOPPED_CALLBACK), a negative one
#: if the host failed (RFGSNN_ERROR_CALLBACK). It may call functions of class any and
#: reader; others return RFGSNN_ERROR_BUSY. It must return: no longjmp, no C++
#: exception.
Progress = CFUNCTYPE(
    c_int32,
    c_void_p,  # context
    c_int64,  # step
    c_int64,  # steps
    c_double,  # loss
    c_double,  # validation_loss
    c_double,  # seconds_left
)

#: Name, result type and argument types of every function.
SIGNATURES: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    (
        "rfgsnn_abi_version",
        c_int32,
        (),
    ),
    (
        "rfgsnn_require_abi",
        c_int,
        (
            c_int32,  # major
            c_int32,  # minor
        ),
    ),
    (
        "rfgsnn_version",
        c_char_p,
        (),
    ),
    (
        "rfgsnn_build_info",
        c_char_p,
        (),
    ),
    (
        "rfgsnn_instruction_set",
        c_char_p,
        (),
    ),
    (
        "rfgsnn_last_error",
        c_char_p,
        (),
    ),
    (
        "rfgsnn_status_name",
        c_char_p,
        (c_int,),  # status
    ),
    (
        "rfgsnn_memory_held",
        c_int,
        (POINTER(c_int64),),  # bytes
    ),
    (
        "rfgsnn_options_create",
        c_int,
        (POINTER(c_void_p),),  # options
    ),
    (
        "rfgsnn_options_free",
        c_int,
        (c_void_p,),  # options
    ),
    (
        "rfgsnn_options_set_int",
        c_int,
        (
            c_void_p,  # options
            c_char_p,  # key
            c_int64,  # value
        ),
    ),
    (
        "rfgsnn_options_set_float",
        c_int,
        (
            c_void_p,  # options
            c_char_p,  # key
            c_double,  # value
        ),
    ),
    (
        "rfgsnn_options_set_string",
        c_int,
        (
            c_void_p,  # options
            c_char_p,  # key
            c_char_p,  # value
        ),
    ),
    (
        "rfgsnn_options_set_ints",
        c_int,
        (
            c_void_p,  # options
            c_char_p,  # key
            POINTER(c_int64),  # values
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_option_count",
        c_int32,
        (),
    ),
    (
        "rfgsnn_option_describe",
        c_int,
        (
            c_int32,  # index
            POINTER(c_char_p),  # key
            POINTER(c_int),  # type
            POINTER(c_char_p),  # default_value
            POINTER(c_char_p),  # range
            POINTER(c_char_p),  # doc
        ),
    ),
    (
        "rfgsnn_network_create",
        c_int,
        (
            c_void_p,  # options
            POINTER(c_void_p),  # network
        ),
    ),
    (
        "rfgsnn_network_clone",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_void_p),  # clone
        ),
    ),
    (
        "rfgsnn_network_free",
        c_int,
        (c_void_p,),  # network
    ),
    (
        "rfgsnn_network_shape",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_int64),  # inputs
            POINTER(c_int64),  # outputs
            POINTER(c_int64),  # time_steps
            POINTER(c_int32),  # layers
            POINTER(c_int64),  # neurons
        ),
    ),
    (
        "rfgsnn_network_instruction_set",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_char_p),  # name
        ),
    ),
    (
        "rfgsnn_network_parameters",
        c_int,
        (
            c_void_p,  # network
            POINTER(POINTER(c_float)),  # values
            POINTER(c_int64),  # count
        ),
    ),
    (
        "rfgsnn_network_set_parameters",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_float),  # values
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_network_tensor_count",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_int32),  # count
        ),
    ),
    (
        "rfgsnn_network_tensor",
        c_int,
        (
            c_void_p,  # network
            c_int32,  # index
            POINTER(c_char_p),  # name
            POINTER(c_int32),  # rank
            POINTER(c_int64),  # shape
            POINTER(c_int64),  # offset
        ),
    ),
    (
        "rfgsnn_network_set_scaling",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_double),  # input_shift
            POINTER(c_double),  # input_scale
            c_int64,  # input_count
            POINTER(c_double),  # output_shift
            POINTER(c_double),  # output_scale
            c_int64,  # output_count
        ),
    ),
    (
        "rfgsnn_network_scaling",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_double),  # input_shift
            POINTER(c_double),  # input_scale
            c_int64,  # input_count
            POINTER(c_double),  # output_shift
            POINTER(c_double),  # output_scale
            c_int64,  # output_count
        ),
    ),
    (
        "rfgsnn_network_fit_scaling",
        c_int,
        (
            c_void_p,  # network
            c_char_p,  # kind
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(Array),  # targets
        ),
    ),
    (
        "rfgsnn_network_surrogate_widths",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_double),  # widths
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_network_set_surrogate_widths",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_double),  # widths
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_network_predict",
        c_int,
        (
            c_void_p,  # network
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(Array),  # outputs
        ),
    ),
    (
        "rfgsnn_network_firing_rates",
        c_int,
        (
            c_void_p,  # network
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(c_double),  # rates
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_network_activity",
        c_int,
        (
            c_void_p,  # network
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(c_double),  # rates
            POINTER(c_double),  # dead
            POINTER(c_double),  # saturated
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_network_calibrate",
        c_int,
        (
            c_void_p,  # network
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
        ),
    ),
    (
        "rfgsnn_network_solve_readout",
        c_int,
        (
            c_void_p,  # network
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(Array),  # targets
            c_double,  # lambda
            POINTER(c_double),  # loss
            POINTER(c_double),  # chosen_lambda
        ),
    ),
    (
        "rfgsnn_network_request_stop",
        c_int,
        (c_void_p,),  # network
    ),
    (
        "rfgsnn_network_memory",
        c_int,
        (
            c_void_p,  # network
            POINTER(c_int64),  # held
            POINTER(c_int64),  # peak
        ),
    ),
    (
        "rfgsnn_state_create",
        c_int,
        (
            c_void_p,  # network
            c_int64,  # samples
            POINTER(c_void_p),  # state
        ),
    ),
    (
        "rfgsnn_state_free",
        c_int,
        (c_void_p,),  # state
    ),
    (
        "rfgsnn_state_reset",
        c_int,
        (c_void_p,),  # state
    ),
    (
        "rfgsnn_state_step",
        c_int,
        (
            c_void_p,  # state
            POINTER(Array),  # input
            POINTER(Array),  # output
        ),
    ),
    (
        "rfgsnn_state_spikes",
        c_int,
        (
            c_void_p,  # state
            c_int32,  # layer
            POINTER(Array),  # spikes
        ),
    ),
    (
        "rfgsnn_state_membrane",
        c_int,
        (
            c_void_p,  # state
            c_int32,  # layer
            POINTER(Array),  # membrane
        ),
    ),
    (
        "rfgsnn_trainer_create",
        c_int,
        (
            c_void_p,  # network
            c_void_p,  # options
            POINTER(c_void_p),  # trainer
        ),
    ),
    (
        "rfgsnn_trainer_free",
        c_int,
        (c_void_p,),  # trainer
    ),
    (
        "rfgsnn_perturb",
        c_int,
        (
            c_void_p,  # trainer
            c_int64,  # draw
        ),
    ),
    (
        "rfgsnn_step",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(Array),  # input
            POINTER(Array),  # output
        ),
    ),
    (
        "rfgsnn_forward",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(Array),  # outputs
        ),
    ),
    (
        "rfgsnn_estimate_gradient",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(Array),  # targets
            POINTER(c_double),  # loss
        ),
    ),
    (
        "rfgsnn_estimate_gradient_from_output_gradient",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(Array),  # output_gradient
        ),
    ),
    (
        "rfgsnn_perturbed_parameters",
        c_int,
        (
            c_void_p,  # trainer
            c_int64,  # index
            POINTER(c_float),  # values
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_estimate_gradient_from_losses",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(c_double),  # losses
            c_int64,  # count
        ),
    ),
    (
        "rfgsnn_gradient",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(POINTER(c_float)),  # values
            POINTER(c_int64),  # count
        ),
    ),
    (
        "rfgsnn_update",
        c_int,
        (c_void_p,),  # trainer
    ),
    (
        "rfgsnn_fit",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(Array),  # targets
            POINTER(Array),  # validation_inputs
            c_int32,  # n_validation_inputs
            POINTER(Array),  # validation_targets
            Progress,  # progress
            c_void_p,  # context
        ),
    ),
    (
        "rfgsnn_request_stop",
        c_int,
        (c_void_p,),  # trainer
    ),
    (
        "rfgsnn_trainer_history",
        c_int,
        (
            c_void_p,  # trainer
            c_int64,  # first
            c_int64,  # capacity
            POINTER(c_int64),  # steps
            POINTER(c_double),  # losses
            POINTER(c_double),  # validation_losses
            POINTER(c_int64),  # count
        ),
    ),
    (
        "rfgsnn_trainer_diagnose",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(Array),  # inputs
            c_int32,  # n_inputs
            POINTER(Array),  # targets
            c_int64,  # draws
            POINTER(c_char_p),  # reference
            POINTER(c_double),  # cosine
            POINTER(c_double),  # bias
            POINTER(c_double),  # variance
            POINTER(c_double),  # signal_to_noise
        ),
    ),
    (
        "rfgsnn_trainer_advice",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(c_char_p),  # text
        ),
    ),
    (
        "rfgsnn_trainer_updates",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(c_int64),  # updates
        ),
    ),
    (
        "rfgsnn_trainer_memory",
        c_int,
        (
            c_void_p,  # trainer
            POINTER(c_int64),  # held
            POINTER(c_int64),  # peak
        ),
    ),
)


def declare(library: CDLL) -> None:
    """Give every function of the library its result and argument types."""
    for name, result, arguments in SIGNATURES:
        function = getattr(library, name)
        function.restype = result
        function.argtypes = list(arguments)
