/* Generated from api/ by apigen. Do not edit: change api/ and run `swift run apigen`. */
/**
 * @file rfgsnn.h
 * @brief rfgsnn 0.1.0, the C interface.
 *
 * rfgsnn trains spiking neural networks for scientific computing without back-propagation: gradients are
 * estimated in forward mode, from directional derivatives along random directions that travel with the
 * network through time, so that memory does not grow with the number of time steps.
 *
 * There are five verbs: create a network, perturb it, step it through time, estimate the gradient, update
 * the parameters. A program may call them one by one, inside its own time loop and with its own loss:
 *
 *     rfgsnn_options *options; rfgsnn_network *network; rfgsnn_trainer *trainer; double loss;
 *     rfgsnn_options_create(&options);
 *     rfgsnn_options_set_int(options, "inputs", 2);
 *     rfgsnn_options_set_int(options, "outputs", 1);
 *     rfgsnn_network_create(options, &network);                            // create
 *     rfgsnn_trainer_create(network, options, &trainer);
 *     for (int64_t update = 0; update < 4000; ++update) {
 *       rfgsnn_perturb(trainer, -1);                                       // perturb
 *       for (int t = 0; t < 32; ++t) rfgsnn_step(trainer, &x, NULL);       // step
 *       rfgsnn_estimate_gradient(trainer, &y, &loss);                      // estimate
 *       rfgsnn_update(trainer);                                            // update
 *     }
 *     rfgsnn_network_predict(network, &x, 1, &prediction);
 *
 * or let rfgsnn_fit run them over a data set in mini-batches:
 *
 *     double xs[500][2], ys[500][1];                                       // filled by the program
 *     int64_t x_shape[2] = {500, 2}, y_shape[2] = {500, 1};
 *     rfgsnn_array x = {xs, {1, 0}, 2, {2, 64, 1}, x_shape, NULL, 0};      // CPU, rank 2, double
 *     rfgsnn_array y = {ys, {1, 0}, 2, {2, 64, 1}, y_shape, NULL, 0};
 *     rfgsnn_network_fit_scaling(network, "minmax", &x, 1, &y);
 *     rfgsnn_status status = rfgsnn_fit(trainer, &x, 1, &y, NULL, 0, NULL, NULL, NULL);
 *     if (status < 0) fprintf(stderr, "%s\n", rfgsnn_last_error());
 *
 * The error rule. A function that can fail returns rfgsnn_status: 0 is fine, a negative value is an error,
 * a positive one says why rfgsnn_fit stopped. rfgsnn_last_error() then gives the sentence: which argument,
 * what was wrong, what would be right. A call that fails leaves the network as it was and writes to no
 * output, unless its comment says otherwise. The library never exits, prints or installs a signal handler.
 * A host that traps floating-point exceptions, or looks at their flags, finds them as they were before the
 * call; rounding and flushing modes of the calling thread hold in the library too. Every function may also
 * return RFGSNN_ERROR_INTERNAL, which is a fault of the library, and, where the system has no memory left
 * even for small things, RFGSNN_ERROR_OUT_OF_MEMORY.
 *
 * The thread rule. Different handles may be used by different threads at the same time. One handle serves
 * one thread at a time, and a call to a trainer or a state claims its network too; a second call meanwhile
 * is refused with RFGSNN_ERROR_BUSY and changes nothing. Each function names its class:
 * - any: may be called by any thread at any time;
 * - exclusive: claims its handles for the length of the call;
 * - reader: exclusive, and may also be called from inside the progress callback, on the thread that runs
 *   rfgsnn_fit.
 *
 * The ownership rule. The caller frees what a function ending in _create or _clone gave it, with the _free
 * function of the same kind; _free of NULL does nothing. A network must outlive its trainers and states.
 * The library copies what it wants to keep: options, strings and arrays may be freed after the call. Views
 * and strings that the library gives out belong to it and live as long as their comment says. Handles are
 * numbers in the form of pointers and are never dereferenced, so a freed or foreign one is refused with
 * RFGSNN_ERROR_INVALID_HANDLE. At most 1048576 are live at once; the next is RFGSNN_ERROR_OUT_OF_MEMORY.
 * What they stood for goes with them, but for 48 bytes each that the next handles use again.
 *
 * The array rule. Arrays of samples come and go as rfgsnn_array, a view of memory that the caller owns, in
 * single or double precision, of any strides. Shapes are written [slowest, ..., fastest] in C order; a
 * Fortran array (inputs, samples) is the same memory as a C array [samples][inputs]. Values must be finite.
 * Plain pointers to numbers are contiguous and their length is in their comment.
 */
#ifndef RFGSNN_H
#define RFGSNN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the binary interface that this header describes; see rfgsnn_require_abi. */
#define RFGSNN_ABI_MAJOR 1
#define RFGSNN_ABI_MINOR 0
/** Version of the library that this header came with. */
#define RFGSNN_VERSION "0.1.0"

/* ====================================================================================================== */
/* Types */
/* ====================================================================================================== */

/** What a call came to: 0 fine, < 0 an error, > 0 why rfgsnn_fit stopped. */
typedef enum rfgsnn_status {
  /** The call did what it was asked. */
  RFGSNN_OK = 0,
  /** rfgsnn_fit has done all steps of option steps. */
  RFGSNN_STOPPED_STEPS = 1,
  /** The validation loss did not improve for as many reports as option patience says. */
  RFGSNN_STOPPED_EARLY = 2,
  /** The loss reached option loss_target. */
  RFGSNN_STOPPED_TARGET = 3,
  /** The progress callback returned a positive number. */
  RFGSNN_STOPPED_CALLBACK = 4,
  /** rfgsnn_request_stop or rfgsnn_network_request_stop was called. */
  RFGSNN_STOPPED_REQUEST = 5,
  /** A pointer that must not be NULL is NULL. */
  RFGSNN_ERROR_NULL_POINTER = -1,
  /** A handle was freed, is of another kind, or never came from this library. */
  RFGSNN_ERROR_INVALID_HANDLE = -2,
  /** The rank, the extents or the strides of an array, or a length, are not what the network needs. */
  RFGSNN_ERROR_SHAPE = -3,
  /** An array is not of 32 or 64-bit floating point in CPU memory, or an option is of another type. */
  RFGSNN_ERROR_DTYPE = -4,
  /** A NaN or an infinity is in an argument, in a loss or in an update. */
  RFGSNN_ERROR_NOT_FINITE = -5,
  /** There is no option of this key. */
  RFGSNN_ERROR_UNKNOWN_OPTION = -6,
  /**
   * A number is outside its range, a string is not one of the choices, or an option that must be set is
   * not.
   */
  RFGSNN_ERROR_OUT_OF_RANGE = -7,
  /** Memory could not be had, or option memory_limit would be exceeded. */
  RFGSNN_ERROR_OUT_OF_MEMORY = -8,
  /** Another thread, or this thread's own callback, is inside a call on the same handle or network. */
  RFGSNN_ERROR_BUSY = -9,
  /** A network was to be freed before its trainers and states. */
  RFGSNN_ERROR_IN_USE = -10,
  /** Another call must come first, such as rfgsnn_forward before rfgsnn_estimate_gradient. */
  RFGSNN_ERROR_WRONG_ORDER = -11,
  /** The combination is not offered, such as a closed-form solution of a spiking readout. */
  RFGSNN_ERROR_UNSUPPORTED = -12,
  /** The host's own callback returned a negative number; the library raises this code for no other reason. */
  RFGSNN_ERROR_CALLBACK = -13,
  /** The library's binary interface is not the one the program was compiled for. */
  RFGSNN_ERROR_ABI = -14,
  /** A fault of the library. */
  RFGSNN_ERROR_INTERNAL = -15,
  /** rfgsnn_network_request_stop or rfgsnn_request_stop asked for it. */
  RFGSNN_ERROR_CANCELLED = -16
} rfgsnn_status;

/** The type of an option's value, and so the setter it takes. */
typedef enum rfgsnn_option_type {
  /** A 64-bit integer: rfgsnn_options_set_int. */
  RFGSNN_OPTION_INT = 1,
  /** A double: rfgsnn_options_set_float, or rfgsnn_options_set_int. */
  RFGSNN_OPTION_FLOAT = 2,
  /** One of a list of words: rfgsnn_options_set_string. */
  RFGSNN_OPTION_STRING = 3,
  /** A list of 64-bit integers: rfgsnn_options_set_ints. */
  RFGSNN_OPTION_INTS = 4
} rfgsnn_option_type;

/** Where the memory of an array is. */
typedef struct rfgsnn_device {
  /** 1 = CPU; nothing else is taken. */
  int32_t device_type;
  /** 0; not looked at. */
  int32_t device_id;
} rfgsnn_device;

/** The type of an array's elements. */
typedef struct rfgsnn_dtype {
  /** 2 = floating point; nothing else is taken. */
  uint8_t code;
  /** 32 or 64. */
  uint8_t bits;
  /** 1. */
  uint16_t lanes;
} rfgsnn_dtype;

/**
 * A view of an array that the caller owns. Its layout is DLTensor's of DLPack (dlpack.h), so a DLTensor in
 * CPU memory can be passed by a cast. The library keeps neither the view nor the memory after the call.
 */
typedef struct rfgsnn_array {
  /** First byte of the memory; not NULL. */
  void *data;
  /** {1, 0}: CPU memory. */
  rfgsnn_device device;
  /** Rank: the length of shape and strides. */
  int32_t ndim;
  /** {2, 32, 1} = float, {2, 64, 1} = double. */
  rfgsnn_dtype dtype;
  /** Extents, slowest first in C order, each from 1 to 2^31 - 1. */
  int64_t *shape;
  /**
   * Steps in ELEMENTS, not bytes; NULL = contiguous in C order. May be negative, zero (not for outputs) or
   * in any order.
   */
  int64_t *strides;
  /** From data to the first element, in bytes; the elements must be aligned to their size. */
  uint64_t byte_offset;
} rfgsnn_array;

/** Settings by key, for networks and trainers alike. */
typedef struct rfgsnn_options rfgsnn_options;

/** Layers of leaky integrate-and-fire neurons, their readout, parameters and scaling. */
typedef struct rfgsnn_network rfgsnn_network;

/** Membrane potentials and spikes of a batch of samples, advanced one time step at a time. */
typedef struct rfgsnn_state rfgsnn_state;

/** Gradient estimator, optimiser, schedule, counters and random seed for one network. */
typedef struct rfgsnn_trainer rfgsnn_trainer;

/**
 * Called by rfgsnn_fit at each report and, between reports that are far apart, about four times a second,
 * on the thread that called rfgsnn_fit. Returns 0 to go on, a positive number to stop (rfgsnn_fit returns
 * RFGSNN_STOPPED_CALLBACK), a negative one if the host failed (RFGSNN_ERROR_CALLBACK). It may call
 * functions of class any and reader; others return RFGSNN_ERROR_BUSY. It must return: no longjmp, no C++
 * exception.
 *
 * @param[in] context The pointer given to rfgsnn_fit.
 * @param[in] step Steps that this call of rfgsnn_fit has done, 1 to steps, those of the trunks' own
 *   training among them.
 * @param[in] steps Option steps, and trunk_steps for each trunk.
 * @param[in] loss Mean training loss since the last report.
 * @param[in] validation_loss Validation loss at the last report; NaN before the first one and without a
 *   validation set.
 * @param[in] seconds_left Estimate of the time to the last step, in seconds.
 */
typedef int32_t (*rfgsnn_progress)(
    void *context, int64_t step, int64_t steps, double loss, double validation_loss, double seconds_left);

/* ====================================================================================================== */
/* Library
 *
 * Versions, the error sentence and memory. These functions need no handle and may be called at any time. */
/* ====================================================================================================== */

/**
 * Returns the version of the library's binary interface.
 *
 * @return major * 65536 + minor.
 * @par Threads: any
 * @since 1.0
 */
int32_t rfgsnn_abi_version(void);

/**
 * Checks that the library can serve a program that was compiled for an interface version.
 *
 * Call it first: rfgsnn_require_abi(RFGSNN_ABI_MAJOR, RFGSNN_ABI_MINOR). A library serves programs of its
 * own major version and of any minor version up to its own.
 *
 * @param[in] major RFGSNN_ABI_MAJOR of the header that the program was compiled with.
 * @param[in] minor RFGSNN_ABI_MINOR of that header.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_ABI: major differs from the library's, or minor is newer or negative.
 * @par Threads: any
 * @since 1.0
 */
rfgsnn_status rfgsnn_require_abi(int32_t major, int32_t minor);

/**
 * Returns the version of the library.
 *
 * @return Such as "0.1.0"; never NULL, valid for ever.
 * @par Threads: any
 * @since 1.0
 */
const char *rfgsnn_version(void);

/**
 * Returns how the library was built.
 *
 * @return Version, compiler, configuration and architecture; never NULL, valid for ever.
 * @par Threads: any
 * @since 1.0
 */
const char *rfgsnn_build_info(void);

/**
 * Returns the best instruction set that this machine runs.
 *
 * A network may use another one by option instruction_set; see rfgsnn_network_instruction_set.
 *
 * @return "x86-64-v4", "x86-64-v3" or "baseline"; never NULL, valid for ever.
 * @par Threads: any
 * @since 1.0
 */
const char *rfgsnn_instruction_set(void);

/**
 * Returns the sentence of the calling thread's last failed call.
 *
 * A call that succeeds does not clear it.
 *
 * @return UTF-8; "" if no call has failed yet; never NULL, valid until this thread's next failing call.
 * @par Threads: any
 * @since 1.0
 */
const char *rfgsnn_last_error(void);

/**
 * Returns the name of a status.
 *
 * @param[in] status Any number.
 * @return Such as "RFGSNN_ERROR_SHAPE", or "unknown status"; never NULL, valid for ever.
 * @par Threads: any
 * @since 1.0
 */
const char *rfgsnn_status_name(rfgsnn_status status);

/**
 * Reads how much memory the numeric buffers of all handles of the process hold.
 *
 * @param[out] bytes Bytes held now.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: bytes is NULL.
 * @par Threads: any
 * @since 1.0
 */
rfgsnn_status rfgsnn_memory_held(int64_t *bytes);

/* ====================================================================================================== */
/* Options
 *
 * One object holds settings for networks and for trainers; the creation functions read the keys of their
 * scope. All keys, their defaults, ranges and meanings are in docs/options.md, and
 * rfgsnn_option_describe lists them. */
/* ====================================================================================================== */

/**
 * Creates an options object in which every key has its default.
 *
 * @param[out] options The new object; free it with rfgsnn_options_free.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: options is NULL.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: no more handles can be had.
 * @par Threads: any
 * @since 1.0
 */
rfgsnn_status rfgsnn_options_create(rfgsnn_options **options);

/**
 * Frees an options object; networks and trainers made from it stay as they are.
 *
 * @param[in] options The object to free. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_INVALID_HANDLE: options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: options is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_options_free(rfgsnn_options *options);

/**
 * Sets an option to an integer; an option of type float takes it as well.
 *
 * @param[in] options The object to change.
 * @param[in] key Key of an option of type int or float.
 * @param[in] value In the range of the key.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: options or key is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_DTYPE: the option is of type string or ints.
 *   - RFGSNN_ERROR_UNKNOWN_OPTION: no option has this key; the sentence names the nearest one.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: value is outside the range of the key.
 *   - RFGSNN_ERROR_BUSY: options is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_options_set_int(rfgsnn_options *options, const char *key, int64_t value);

/**
 * Sets an option to a floating-point number.
 *
 * @param[in] options The object to change.
 * @param[in] key Key of an option of type float.
 * @param[in] value Finite and in the range of the key.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: options or key is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_DTYPE: the option is not of type float.
 *   - RFGSNN_ERROR_NOT_FINITE: value is NaN or infinite.
 *   - RFGSNN_ERROR_UNKNOWN_OPTION: no option has this key; the sentence names the nearest one.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: value is outside the range of the key.
 *   - RFGSNN_ERROR_BUSY: options is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_options_set_float(rfgsnn_options *options, const char *key, double value);

/**
 * Sets an option to one of its words.
 *
 * @param[in] options The object to change.
 * @param[in] key Key of an option of type string.
 * @param[in] value One of the choices of the key, or several with commas between where it takes a list;
 *   copied.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: options, key or value is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_DTYPE: the option is not of type string.
 *   - RFGSNN_ERROR_UNKNOWN_OPTION: no option has this key; the sentence names the nearest one.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: value is not one of the choices of the key.
 *   - RFGSNN_ERROR_BUSY: options is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_options_set_string(rfgsnn_options *options, const char *key, const char *value);

/**
 * Sets an option to a list of integers.
 *
 * @param[in] options The object to change.
 * @param[in] key Key of an option of type ints.
 * @param[in] values The list, each number in the range of the key; copied. Length count.
 * @param[in] count Length of values, 1 to 64.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: options, key or values is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_DTYPE: the option is not of type ints.
 *   - RFGSNN_ERROR_UNKNOWN_OPTION: no option has this key; the sentence names the nearest one.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: count or a number of values is outside its range.
 *   - RFGSNN_ERROR_BUSY: options is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_options_set_ints(
    rfgsnn_options *options, const char *key, const int64_t *values, int64_t count);

/**
 * Returns the number of option keys.
 *
 * @return Number of keys that rfgsnn_option_describe knows.
 * @par Threads: any
 * @since 1.0
 */
int32_t rfgsnn_option_count(void);

/**
 * Describes an option key, so that a program in any language can list them.
 *
 * The strings are static and in UTF-8.
 *
 * @param[in] index Which key, from 0 to rfgsnn_option_count() - 1.
 * @param[out] key The key. May be NULL.
 * @param[out] type The type of its value. May be NULL.
 * @param[out] default_value The default as text, numbers of a list separated by spaces; "" for an option
 *   that must be set, and for a list of words that is empty. May be NULL.
 * @param[out] range The range as text, such as "0 < x <= 1" or "mse | relative_l2". May be NULL.
 * @param[out] doc One to three sentences on its meaning. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_OUT_OF_RANGE: index is negative or too large.
 * @par Threads: any
 * @since 1.0
 */
rfgsnn_status rfgsnn_option_describe(
    int32_t index, const char **key, rfgsnn_option_type *type, const char **default_value,
    const char **range, const char **doc);

/* ====================================================================================================== */
/* Network
 *
 * A network is a stack of layers of leaky integrate-and-fire neurons and a readout of their mean spike
 * trains, or several such stacks. Its parameters are one flat buffer of floats with a table of named
 * tensors. Input values are constant currents, held for all time steps, or, for an mlp, currents that
 * change from step to step.
 *
 * Where a function takes inputs, it takes an array of n_inputs arrays, and option architecture says
 * which:
 * - mlp: one, of shape [samples, inputs] (constant) or [time_steps, samples, inputs]. A network with one
 *   input also takes [samples].
 * - deeponet: two. The first holds the functions at the sensors, [functions, inputs]. The second holds
 *   the points at which the outputs are wanted: [points, coordinates], the same for every function, or
 *   [functions, points, coordinates], where each function has points of its own. With one coordinate it
 *   may also be [points].
 * - seponet: 1 + coordinates. The first is as that of a deeponet. The others are the axes of a tensor
 *   grid, [points_i] or [points_i, 1].
 *
 * Targets and outputs have shape [samples, outputs], for a deeponet [functions, points, outputs] and for
 * a seponet [functions, points_0, ..., outputs], an extent for each axis; the comments write [functions,
 * points..., outputs] for both. A network with one output may leave out the last dimension. An operator
 * network works out the features of functions and those of points apart from each other, so points that
 * all functions share, or that form a grid, cost little. */
/* ====================================================================================================== */

/**
 * Creates a network from the options of scope network, with parameters drawn from seed.
 *
 * Its scaling is the identity.
 *
 * @param[in] options Options inputs and outputs must be set; read now and not kept.
 * @param[out] network The new network; free it with rfgsnn_network_free after its trainers and states.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: options or network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: inputs or outputs is not set, surrogate_width is too small for the
 *     threshold, trunk_hidden holds a 0 among other numbers, latent * outputs is more than 2^24, or there
 *     would be more than 2^31 parameters.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: options is inside another call.
 *   - RFGSNN_ERROR_UNSUPPORTED: option instruction_set names one that this machine does not run.
 * @par Threads: exclusive
 * @par Complexity: O(parameters).
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_create(const rfgsnn_options *options, rfgsnn_network **network);

/**
 * Copies a network: its options, parameters and scaling.
 *
 * A clone of its own for each thread is how threads predict at the same time.
 *
 * @param[in] network The network to copy.
 * @param[out] clone The copy, without trainers or states; free it with rfgsnn_network_free.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or clone is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: exclusive
 * @par Complexity: O(parameters).
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_clone(const rfgsnn_network *network, rfgsnn_network **clone);

/**
 * Frees a network and every view of its parameters.
 *
 * @param[in] network The network to free. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_IN_USE: a trainer or a state uses it; the network is not freed.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_free(rfgsnn_network *network);

/**
 * Reads the sizes of a network.
 *
 * @param[in] network The network to look at.
 * @param[out] inputs Option inputs. May be NULL.
 * @param[out] outputs Option outputs. May be NULL.
 * @param[out] time_steps Time steps per sample. May be NULL.
 * @param[out] layers Layers of spiking neurons: the hidden ones and a spiking readout; of an operator
 *   network: of all its stacks, branch first. May be NULL.
 * @param[out] neurons Spiking neurons in all these layers together. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_shape(
    const rfgsnn_network *network, int64_t *inputs, int64_t *outputs, int64_t *time_steps, int32_t *layers,
    int64_t *neurons);

/**
 * Reads the instruction set that a network's kernels use.
 *
 * @param[in] network The network to look at.
 * @param[out] name "x86-64-v4", "x86-64-v3" or "baseline"; static.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or name is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_instruction_set(const rfgsnn_network *network, const char **name);

/**
 * Gives a view of the parameters, which the host may read and write between calls.
 *
 * Numbers written through the view are not checked; rfgsnn_network_set_parameters checks them.
 *
 * @param[in] network The network to look at.
 * @param[out] values The flat parameter buffer, of count floats, contiguous; belongs to the network and
 *   stays in place until it is freed.
 * @param[out] count Number of parameters.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network, values or count is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_parameters(rfgsnn_network *network, float **values, int64_t *count);

/**
 * Sets all parameters.
 *
 * @param[in] network The network to change.
 * @param[in] values The new parameters, in the order of the tensor table; copied. Length count.
 * @param[in] count Length of values: the number of parameters.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or values is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not the number of parameters.
 *   - RFGSNN_ERROR_NOT_FINITE: a value is NaN or infinite.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: exclusive
 * @par Complexity: O(parameters).
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_set_parameters(rfgsnn_network *network, const float *values, int64_t count);

/**
 * Reads the number of named tensors in the parameters.
 *
 * @param[in] network The network to look at.
 * @param[out] count Number of tensors.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or count is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_tensor_count(const rfgsnn_network *network, int32_t *count);

/**
 * Describes one named tensor of the parameters.
 *
 * The names are "layer0.weight" of shape [inputs, neurons], "layer0.bias" [neurons], "layer1.weight"
 * [neurons of layer 0, neurons of layer 1], ..., "readout.weight" [neurons, outputs] and "readout.bias"
 * [outputs]. A spiking readout is one more layer instead of "readout". Tensors are contiguous in C order.
 * For operator networks the names begin with the stack, "branch." and "trunk.", or "trunk0.", "trunk1.",
 * ... of a seponet, and outputs become features, latent * outputs of them, those of the first output first.
 *
 * @param[in] network The network to look at.
 * @param[in] index Which tensor, from 0 to the tensor count - 1.
 * @param[out] name Its name; valid until the network is freed. May be NULL.
 * @param[out] rank Its rank, 1 or 2. May be NULL.
 * @param[out] shape Room for 4 extents; those past the rank are set to 1. Length 4; may be NULL.
 * @param[out] offset Where it begins in the parameter buffer, in floats. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: index is negative or too large.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_tensor(
    const rfgsnn_network *network, int32_t index, const char **name, int32_t *rank, int64_t shape[4],
    int64_t *offset);

/**
 * Sets the scaling between the host's units and the network's.
 *
 * The network sees (x - input_shift) / input_scale, and the output is output_shift + output_scale * (output
 * of the readout). Each of the four arrays may be NULL and then leaves that part as it is. The scaling is
 * not a parameter: it is not trained. The inputs of an operator network are the sensors, and after them the
 * coordinates.
 *
 * @param[in] network The network to change.
 * @param[in] input_shift Shift of each input, in its unit. Length input_count; may be NULL.
 * @param[in] input_scale Scale of each input, in its unit; not 0. Length input_count; may be NULL.
 * @param[in] input_count Number of inputs, plus coordinates for an operator network; not looked at if both
 *   input arrays are NULL.
 * @param[in] output_shift Shift of each output, in its unit. Length output_count; may be NULL.
 * @param[in] output_scale Scale of each output, in its unit; not 0. Length output_count; may be NULL.
 * @param[in] output_count Number of outputs; not looked at if both output arrays are NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: a count is not the network's.
 *   - RFGSNN_ERROR_NOT_FINITE: a number is NaN or infinite.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: a scale is 0.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_set_scaling(
    rfgsnn_network *network, const double *input_shift, const double *input_scale, int64_t input_count,
    const double *output_shift, const double *output_scale, int64_t output_count);

/**
 * Reads the scaling between the host's units and the network's.
 *
 * @param[in] network The network to look at.
 * @param[out] input_shift Shift of each input, in its unit. Length input_count; may be NULL.
 * @param[out] input_scale Scale of each input, in its unit. Length input_count; may be NULL.
 * @param[in] input_count Number of inputs, plus coordinates for an operator network; not looked at if both
 *   input arrays are NULL.
 * @param[out] output_shift Shift of each output, in its unit. Length output_count; may be NULL.
 * @param[out] output_scale Scale of each output, in its unit. Length output_count; may be NULL.
 * @param[in] output_count Number of outputs; not looked at if both output arrays are NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: a count is not the network's.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_scaling(
    const rfgsnn_network *network, double *input_shift, double *input_scale, int64_t input_count,
    double *output_shift, double *output_scale, int64_t output_count);

/**
 * Computes the scaling from data, for each input and each output by itself.
 *
 * A column of data that is constant gets the scale 1. An output of an operator network has one scale, of
 * all functions and points.
 *
 * @param[in] network The network to change.
 * @param[in] kind "none": shift 0, scale 1; "minmax": the data fill [-1, 1]; "standard": mean 0, standard
 *   deviation 1.
 * @param[in] inputs The inputs. Array of n_inputs arrays of shape [samples, inputs] or [time_steps,
 *   samples, inputs]; for operator networks [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[in] targets The targets; NULL leaves the scaling of the outputs as it is. Shape [samples,
 *   outputs]; for operator networks [functions, points..., outputs].
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network, kind or inputs is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs, targets or n_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs or targets is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: inputs or targets holds a NaN or an infinity, or the range of a column
 *     overflows.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: kind is not one of the three words.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it.
 * @par Threads: exclusive
 * @par Complexity: O(samples * (inputs + outputs)).
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_fit_scaling(
    rfgsnn_network *network, const char *kind, const rfgsnn_array *inputs, int32_t n_inputs,
    const rfgsnn_array *targets);

/**
 * Reads the width of each layer's surrogate.
 *
 * All begin at surrogate_width; rfgsnn_network_set_surrogate_widths and option surrogate_adaptation change
 * them.
 *
 * @param[in] network The network to look at.
 * @param[out] widths Width of each layer's surrogate, branch first, in units of membrane potential. Length
 *   count.
 * @param[in] count Length of widths: the number of layers as rfgsnn_network_shape gives it.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or widths is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not the number of layers.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_surrogate_widths(const rfgsnn_network *network, double *widths, int64_t count);

/**
 * Sets the width of each layer's surrogate.
 *
 * Outputs do not depend on them, gradients do: from the next forward, or first step of a batch, on.
 *
 * @param[in] network The network to change.
 * @param[in] widths Width of each layer's surrogate, branch first, in units of membrane potential; each as
 *   small as option surrogate_width may be. Length count.
 * @param[in] count Length of widths: the number of layers as rfgsnn_network_shape gives it.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or widths is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not the number of layers.
 *   - RFGSNN_ERROR_NOT_FINITE: a width is NaN or infinite.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: a width is so small that tangents would grow without bound, or above 1e6.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_set_surrogate_widths(
    rfgsnn_network *network, const double *widths, int64_t count);

/**
 * Runs the network over all time steps and reads the outputs.
 *
 * @param[in] network The network to run; its parameters do not change.
 * @param[in] inputs The inputs, in the host's units. Array of n_inputs arrays of shape [samples, inputs] or
 *   [time_steps, samples, inputs]; for operator networks [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[out] outputs Filled with the outputs, in the host's units; may not overlap the inputs. Shape
 *   [samples, outputs]; for operator networks [functions, points..., outputs].
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network, inputs or outputs is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs, outputs or n_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs or outputs is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input, a parameter or an output is NaN or infinite, or a membrane
 *     potential overflows; of more than 1024 samples, or of very many outputs, those of the first may
 *     then have been filled.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it; of the outputs, those of the first
 *     samples or functions may have been filled, each in full.
 * @par Threads: exclusive
 * @par Complexity: O(samples * time_steps * parameters), less where neurons are silent; memory does not
 *   grow with samples or time_steps. Operator networks: functions and points run through their stacks, and
 *   O(functions * points * outputs * latent); memory grows with the points.
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_predict(
    rfgsnn_network *network, const rfgsnn_array *inputs, int32_t n_inputs, rfgsnn_array *outputs);

/**
 * Runs the network and reads how often the neurons of each layer spike.
 *
 * A spike of either sign counts as one.
 *
 * @param[in] network The network to run; its parameters do not change.
 * @param[in] inputs The inputs, in the host's units. Array of n_inputs arrays of shape [samples, inputs] or
 *   [time_steps, samples, inputs]; for operator networks [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[out] rates Mean number of spikes per neuron, sample and time step of each layer, in [0, 1]. Length
 *   count.
 * @param[in] count Length of rates: the number of layers as rfgsnn_network_shape gives it.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network, inputs or rates is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not the number of layers, or the inputs do not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input or a parameter is NaN or infinite, or a membrane potential
 *     overflows.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it.
 * @par Threads: exclusive
 * @par Complexity: As rfgsnn_network_predict.
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_firing_rates(
    rfgsnn_network *network, const rfgsnn_array *inputs, int32_t n_inputs, double *rates, int64_t count);

/**
 * Runs the network and reads what the neurons of each layer do: how often they spike, and how many never or
 * always do.
 *
 * A spike of either sign counts as one. Any of the arrays may be NULL.
 *
 * @param[in] network The network to run; its parameters do not change.
 * @param[in] inputs The inputs, in the host's units. Array of n_inputs arrays of shape [samples, inputs] or
 *   [time_steps, samples, inputs]; for operator networks [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[out] rates Mean number of spikes per neuron, sample and time step of each layer, in [0, 1]. Length
 *   count; may be NULL.
 * @param[out] dead Fraction of each layer's neurons that never spike on these inputs. Length count; may be
 *   NULL.
 * @param[out] saturated Fraction of each layer's neurons that spike at every time step of every sample.
 *   Length count; may be NULL.
 * @param[in] count Length of each array: the number of layers as rfgsnn_network_shape gives it.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or inputs is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not the number of layers, or the inputs do not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input or a parameter is NaN or infinite, or a membrane potential
 *     overflows.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it.
 * @par Threads: exclusive
 * @par Complexity: As rfgsnn_network_predict.
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_activity(
    rfgsnn_network *network, const rfgsnn_array *inputs, int32_t n_inputs, double *rates, double *dead,
    double *saturated, int64_t count);

/**
 * Fits the hidden layers' initial weights and biases to the inputs.
 *
 * Call it on a new network, after the scaling is set and before training. Layer by layer, weights are
 * scaled until the currents that they bring have the standard deviation of options first_current and
 * hidden_current, and biases are drawn anew within bias_current; so the neurons of every layer divide the
 * range of what they are given among themselves (after Mishkin and Matas 2016). The readout stays as it is.
 *
 * @param[in] network The network to change; on an error it stays as it was.
 * @param[in] inputs The inputs, in the host's units; 256 of them at even distances are looked at. Array of
 *   n_inputs arrays of shape [samples, inputs] or [time_steps, samples, inputs]; for operator networks
 *   [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or inputs is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs or n_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input or a parameter is NaN or infinite, or a current or a calibrated
 *     weight would be.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it.
 * @par Threads: exclusive
 * @par Complexity: A prediction of at most 256 samples for each hidden layer.
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_calibrate(
    rfgsnn_network *network, const rfgsnn_array *inputs, int32_t n_inputs);

/**
 * Finds the linear readout in closed form, by ridge regression on the mean spike trains of the last layer.
 *
 * The hidden layers stay as they are, and the bias is not penalised. The normal equations are summed and
 * solved in double precision. Of an operator network it finds the readouts of all stacks: with two by a
 * truncated singular value decomposition, with more by alternating least squares. It makes a good model in
 * seconds, and a good start for training.
 *
 * @param[in] network The network to change; on an error it stays as it was.
 * @param[in] inputs The inputs, in the host's units. Array of n_inputs arrays of shape [samples, inputs] or
 *   [time_steps, samples, inputs]; for operator networks [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[in] targets The targets, in the host's units. Shape [samples, outputs]; for operator networks
 *   [functions, points..., outputs].
 * @param[in] lambda Ridge relative to the mean diagonal of the normal equations, of an operator network of
 *   its branch. 0: the one of 1e-9, 1e-8, ... 1e-2 with the least error on a held-out fifth of the samples,
 *   drawn from the network's seed; with it all samples are then solved for (1e-6 if there are fewer than
 *   5).
 * @param[out] loss Mean squared error of the new readout on these data, in the host's units. May be NULL.
 * @param[out] chosen_lambda The lambda that was used. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network, inputs or targets is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs, targets or n_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs or targets is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input, a target, a parameter, lambda, the solution or its loss is NaN or
 *     infinite.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: lambda is negative, or so small that the normal equations are singular.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_UNSUPPORTED: the readout is spiking, or each function of a deeponet has points of its
 *     own.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it.
 * @par Threads: exclusive
 * @par Complexity: One prediction, and O(samples * n^2 + n^3) for n neurons in the last hidden layer.
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_solve_readout(
    rfgsnn_network *network, const rfgsnn_array *inputs, int32_t n_inputs, const rfgsnn_array *targets,
    double lambda, double *loss, double *chosen_lambda);

/**
 * Asks a long call on a network, or on one of its trainers and states, to stop.
 *
 * May be called from a signal handler and while the call runs: it takes no lock and allocates nothing. It
 * stops the call that runs, or the next one of those that can be stopped if none runs; that call takes the
 * request with it, however it ends. Those that can be stopped are rfgsnn_fit, which returns
 * RFGSNN_STOPPED_REQUEST as for rfgsnn_request_stop, and all that name RFGSNN_ERROR_CANCELLED among their
 * errors, which return that within about 0.2 s and have changed nothing.
 *
 * @param[in] network The network whose call is to stop; must not be freed at the same time.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 * @par Threads: any
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_request_stop(rfgsnn_network *network);

/**
 * Reads how much memory the numeric buffers of a network hold.
 *
 * @param[in] network The network to look at.
 * @param[out] held Bytes held now. May be NULL.
 * @param[out] peak The most bytes ever held. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_network_memory(const rfgsnn_network *network, int64_t *held, int64_t *peak);

/* ====================================================================================================== */
/* State
 *
 * A state runs a network one time step at a time without training it, for hosts with their own time
 * loop. */
/* ====================================================================================================== */

/**
 * Creates a state of a network for a fixed number of samples, reset.
 *
 * @param[in] network The network to run; it must outlive the state.
 * @param[in] samples Samples that are advanced together, 1 to 2^31 - 1.
 * @param[out] state The new state; free it with rfgsnn_state_free.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network or state is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: samples is less than 1 or more than 2^31 - 1.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network is inside another call.
 *   - RFGSNN_ERROR_UNSUPPORTED: the network is an operator network.
 * @par Threads: exclusive
 * @par Complexity: O(samples * neurons), in time and memory.
 * @since 1.0
 */
rfgsnn_status rfgsnn_state_create(rfgsnn_network *network, int64_t samples, rfgsnn_state **state);

/**
 * Frees a state.
 *
 * @param[in] state The state to free. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_INVALID_HANDLE: state was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: state is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_state_free(rfgsnn_state *state);

/**
 * Takes a state back to before the first time step.
 *
 * Membrane potentials return to option initial_membrane, spikes and their mean to 0.
 *
 * @param[in] state The state to reset.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: state is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: state was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: state is inside another call.
 * @par Threads: exclusive
 * @par Complexity: O(samples * neurons).
 * @since 1.0
 */
rfgsnn_status rfgsnn_state_reset(rfgsnn_state *state);

/**
 * Advances a state by one time step.
 *
 * It may be called any number of times; after time_steps calls with the same input the output is that of
 * rfgsnn_network_predict. Each step takes the network's parameters and scaling as they are then, so that a
 * host may change them on the way: membrane potentials and the mean spike train so far go on as they are.
 *
 * @param[in] state The state to advance.
 * @param[in] input The input of this time step, in the host's units. Shape [samples, inputs].
 * @param[out] output Filled with the readout of the mean spike train so far, in the host's units. Shape
 *   [samples, outputs]; may be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: state or input is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: state was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: input or output does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: input or output is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input, a parameter or an output is NaN or infinite, or a membrane
 *     potential overflows.
 *   - RFGSNN_ERROR_BUSY: state is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_network_request_stop asked for it; some samples may have been advanced
 *     and others not, so the state is reset.
 * @par Threads: exclusive
 * @par Complexity: O(samples * parameters), less where neurons are silent.
 * @since 1.0
 */
rfgsnn_status rfgsnn_state_step(rfgsnn_state *state, const rfgsnn_array *input, rfgsnn_array *output);

/**
 * Reads the spikes of one layer at the last time step.
 *
 * @param[in] state The state to look at.
 * @param[in] layer Which layer, from 0 to layers - 1 of rfgsnn_network_shape.
 * @param[out] spikes Filled with -1, 0 and 1; all 0 before the first step. Shape [samples, layer_neurons].
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: state or spikes is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: state was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: spikes does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: spikes is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: layer is negative or too large.
 *   - RFGSNN_ERROR_BUSY: state is inside another call.
 * @par Threads: exclusive
 * @par Complexity: O(samples * neurons of the layer).
 * @since 1.0
 */
rfgsnn_status rfgsnn_state_spikes(const rfgsnn_state *state, int32_t layer, rfgsnn_array *spikes);

/**
 * Reads the membrane potentials of one layer after the last time step's reset.
 *
 * @param[in] state The state to look at.
 * @param[in] layer Which layer, from 0 to layers - 1 of rfgsnn_network_shape.
 * @param[out] membrane Filled with the membrane potentials, in the unit of option threshold. Shape
 *   [samples, layer_neurons].
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: state or membrane is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: state was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: membrane does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: membrane is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: a membrane potential has overflowed.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: layer is negative or too large.
 *   - RFGSNN_ERROR_BUSY: state is inside another call.
 * @par Threads: exclusive
 * @par Complexity: O(samples * neurons of the layer).
 * @since 1.0
 */
rfgsnn_status rfgsnn_state_membrane(const rfgsnn_state *state, int32_t layer, rfgsnn_array *membrane);

/* ====================================================================================================== */
/* Trainer
 *
 * A trainer estimates gradients of one network and updates its parameters. The order of calls for one
 * update is rfgsnn_perturb (optional), rfgsnn_forward or a number of rfgsnn_step, one of the
 * rfgsnn_estimate_gradient functions, rfgsnn_update. A host with an optimiser of its own reads
 * rfgsnn_gradient and writes the parameters instead of calling rfgsnn_update.
 *
 * A pass is of the network as it was when the pass began. Once parameters, scaling or surrogate widths
 * are set - by rfgsnn_network_set_parameters, _set_scaling, _fit_scaling, _set_surrogate_widths,
 * _calibrate, _solve_readout, or an update of this or another trainer - it can be neither gone on with
 * nor estimated: RFGSNN_ERROR_WRONG_ORDER. What a host writes through the view of
 * rfgsnn_network_parameters is not seen, and counts from the next pass on. */
/* ====================================================================================================== */

/**
 * Creates a trainer of a network from the options of scope trainer.
 *
 * @param[in] network The network to train; it must outlive the trainer.
 * @param[in] options Read now and not kept.
 * @param[out] trainer The new trainer; free it with rfgsnn_trainer_free before the network.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: network, options or trainer is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: network or options was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: schedule is exponential and final_fraction is 0.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: network or options is inside another call.
 *   - RFGSNN_ERROR_UNSUPPORTED: readout_solve is set and the readout is spiking, or estimator is
 *     exact_forward and the network has more than 16384 parameters.
 * @par Threads: exclusive
 * @par Complexity: O(parameters), times 2 * directions for black_box.
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_create(
    rfgsnn_network *network, const rfgsnn_options *options, rfgsnn_trainer **trainer);

/**
 * Frees a trainer; its network keeps the parameters.
 *
 * @param[in] trainer The trainer to free. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_free(rfgsnn_trainer *trainer);

/**
 * Chooses the directions of the coming pass and clears the state.
 *
 * Directions are not stored but generated from (seed, draw), so the same draw gives the same directions.
 * Optional: rfgsnn_forward and rfgsnn_step do it by themselves with draw -1 if it was not called since the
 * last estimate.
 *
 * @param[in] trainer The trainer.
 * @param[in] draw Name of the directions, at least 0; or -1 for the number of gradients that the trainer
 *   has estimated so far.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: draw is less than -1.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it; no
 *     directions are chosen.
 * @par Threads: exclusive
 * @since 1.0
 */
rfgsnn_status rfgsnn_perturb(rfgsnn_trainer *trainer, int64_t draw);

/**
 * Advances the network and its tangents by one time step.
 *
 * The first step of a pass fixes the number of samples.
 *
 * @param[in] trainer The trainer.
 * @param[in] input The input of this time step, in the host's units. Shape [samples, inputs].
 * @param[out] output Filled with the readout of the mean spike train so far, in the host's units. Shape
 *   [samples, outputs]; may be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or input is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: input or output does not fit the network or the samples of the first step.
 *   - RFGSNN_ERROR_DTYPE: input or output is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input, a parameter or an output is NaN or infinite, or a membrane
 *     potential overflows.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: the estimator is bptt, which keeps a history of time_steps steps, and they
 *     are done; or the network was set anew since the first step.
 *   - RFGSNN_ERROR_UNSUPPORTED: the network is an operator network.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it; some samples
 *     may have been advanced and others not, so the next step begins the pass anew, with the same
 *     directions.
 * @par Threads: exclusive
 * @par Complexity: O(samples * parameters) for rate tangents, times (1 + directions) for full ones and (1 +
 *   2 * directions) for black_box; memory does not grow with the steps, save for bptt, and for
 *   rfg_per_step, which keeps their inputs.
 * @since 1.0
 */
rfgsnn_status rfgsnn_step(rfgsnn_trainer *trainer, const rfgsnn_array *input, rfgsnn_array *output);

/**
 * Runs the network and its tangents over all time steps.
 *
 * @param[in] trainer The trainer.
 * @param[in] inputs The inputs, in the host's units. Array of n_inputs arrays of shape [samples, inputs] or
 *   [time_steps, samples, inputs]; for operator networks [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[out] outputs Filled with the outputs, in the host's units. Shape [samples, outputs]; for operator
 *   networks [functions, points..., outputs]; may be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or inputs is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs, outputs or n_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs or outputs is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input, a parameter or an output is NaN or infinite, or a membrane
 *     potential overflows.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it; there is
 *     then no pass to estimate a gradient of, and the next one has the same directions.
 * @par Threads: exclusive
 * @par Complexity: O(samples * time_steps * parameters) for rate tangents, times (1 + directions) for full
 *   ones and (1 + 2 * directions) for black_box; memory does not grow with time_steps, save for bptt.
 * @since 1.0
 */
rfgsnn_status rfgsnn_forward(
    rfgsnn_trainer *trainer, const rfgsnn_array *inputs, int32_t n_inputs, rfgsnn_array *outputs);

/**
 * Estimates the gradient of the built-in loss for the pass that rfgsnn_forward or rfgsnn_step ran.
 *
 * The pass stays, so that the gradient of another loss may be estimated as well. With option accumulate the
 * estimate is added to the mean of those since the last update.
 *
 * @param[in] trainer The trainer.
 * @param[in] targets The targets of the samples of the pass, in the host's units. Shape [samples, outputs];
 *   for operator networks [functions, points..., outputs].
 * @param[out] loss The loss of the pass, as option loss says, in the host's units. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or targets is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: targets does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: targets is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: a target, the loss or the estimate is NaN or infinite; relative_l2 of
 *     targets that are all 0 is.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: neither rfgsnn_forward nor rfgsnn_step was called since rfgsnn_perturb, or
 *     the network was set anew after it; looked at before the array is.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it; the pass
 *     stays, so its gradient may be estimated again.
 * @par Threads: exclusive
 * @par Complexity: At most O(directions * samples * parameters); O(samples * time_steps * parameters) for
 *   bptt.
 * @since 1.0
 */
rfgsnn_status rfgsnn_estimate_gradient(rfgsnn_trainer *trainer, const rfgsnn_array *targets, double *loss);

/**
 * Estimates the gradient of a loss of the host's own for the pass that rfgsnn_forward or rfgsnn_step ran.
 *
 * The pass stays, so that the gradient of another loss may be estimated as well. With option accumulate the
 * estimate is added to the mean of those since the last update.
 *
 * @param[in] trainer The trainer.
 * @param[in] output_gradient Derivative of the loss by each output of the pass, in the host's units. Shape
 *   [samples, outputs]; for operator networks [functions, points..., outputs].
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or output_gradient is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: output_gradient does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: output_gradient is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: a derivative or the estimate is NaN or infinite.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: neither rfgsnn_forward nor rfgsnn_step was called since rfgsnn_perturb, or
 *     the network was set anew after it; looked at before the array is.
 *   - RFGSNN_ERROR_UNSUPPORTED: aggregation is gauss_newton, which needs the second derivative of a
 *     built-in loss.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it; the pass
 *     stays, so its gradient may be estimated again.
 * @par Threads: exclusive
 * @par Complexity: At most O(directions * samples * parameters); O(samples * time_steps * parameters) for
 *   bptt.
 * @since 1.0
 */
rfgsnn_status rfgsnn_estimate_gradient_from_output_gradient(
    rfgsnn_trainer *trainer, const rfgsnn_array *output_gradient);

/**
 * Asks for one perturbed copy of the parameters, to be evaluated by the host (black box, ask).
 *
 * Index 2k is theta + sigma v_k and 2k + 1 is theta - sigma v_k, where theta are the network's parameters,
 * sigma is option black_box_sigma and v_k the direction k of the current draw (Salimans et al. 2017). The
 * network's own parameters stay as they are: a host that evaluates copies with a network does so with a
 * clone.
 *
 * @param[in] trainer The trainer, of estimator black_box.
 * @param[in] index Which copy, from 0 to 2 * directions - 1.
 * @param[out] values Filled with the perturbed parameters. Length count.
 * @param[in] count Length of values: the number of parameters.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or values is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not the number of parameters.
 *   - RFGSNN_ERROR_NOT_FINITE: a parameter of the network is NaN or infinite.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: index is negative or too large.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: the network was set anew after the first copy was asked for: all must be of
 *     the same parameters.
 *   - RFGSNN_ERROR_UNSUPPORTED: the estimator is not black_box.
 * @par Threads: exclusive
 * @par Complexity: O(parameters).
 * @since 1.0
 */
rfgsnn_status rfgsnn_perturbed_parameters(
    rfgsnn_trainer *trainer, int64_t index, float *values, int64_t count);

/**
 * Tells the losses of the perturbed parameters and estimates the gradient from them (black box, tell).
 *
 * The host may compute the losses in any way, for example by running a solver that cannot be
 * differentiated.
 *
 * @param[in] trainer The trainer, of estimator black_box.
 * @param[in] losses The loss of each perturbed copy, in the order of its index. Length count.
 * @param[in] count Length of losses: 2 * directions.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or losses is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: count is not 2 * directions.
 *   - RFGSNN_ERROR_NOT_FINITE: a loss or the estimate is NaN or infinite.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: neither rfgsnn_perturb nor rfgsnn_perturbed_parameters was called since the
 *     last estimate, or the network was set anew after the first copy was asked for; looked at before
 *     losses is.
 *   - RFGSNN_ERROR_UNSUPPORTED: the estimator is not black_box.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it; the losses
 *     may be told again.
 * @par Threads: exclusive
 * @par Complexity: O(directions * parameters).
 * @since 1.0
 */
rfgsnn_status rfgsnn_estimate_gradient_from_losses(
    rfgsnn_trainer *trainer, const double *losses, int64_t count);

/**
 * Gives a view of the last gradient estimate.
 *
 * With option accumulate it is the mean of the estimates since the last update. rfgsnn_update clips it in
 * place and leaves it readable.
 *
 * @param[in] trainer The trainer.
 * @param[out] values Derivative of the loss by each parameter, count floats in the order of the parameters;
 *   belongs to the trainer, valid until it is freed; the numbers change with the next estimate, and are 0
 *   after one that was not finite or found no memory.
 * @param[out] count Number of parameters.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer, values or count is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: no gradient has been estimated yet, or the last estimate was not finite or
 *     found no memory (with option accumulate, the mean of those before it stays).
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_gradient(rfgsnn_trainer *trainer, const float **values, int64_t *count);

/**
 * Updates the parameters with the last gradient estimate: clipping, schedule, optimiser.
 *
 * @param[in] trainer The trainer.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_NOT_FINITE: the gradient or a new parameter is NaN or infinite; the parameters stay as
 *     they were.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: fewer gradients than option accumulate says were estimated since the last
 *     update.
 * @par Threads: exclusive
 * @par Complexity: O(parameters).
 * @since 1.0
 */
rfgsnn_status rfgsnn_update(rfgsnn_trainer *trainer);

/**
 * Trains the network on a data set: option steps updates on mini-batches of batch_size samples.
 *
 * Each step and each readout solve is done in full or not at all, so after an error the network has the
 * parameters of the last whole one. It can be called again: the schedule then begins anew, and the
 * optimiser's moments go on. The progress callback runs on the calling thread. With a validation set and
 * restore_best, the parameters of the best report are in place at the end, whatever the reason to stop.
 *
 * @param[in] trainer The trainer.
 * @param[in] inputs The inputs of all samples, in the host's units; must not change during the call. Array
 *   of n_inputs arrays of shape [samples, inputs] or [time_steps, samples, inputs]; for operator networks
 *   [functions, inputs], and the points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[in] targets The targets of all samples, in the host's units. Shape [samples, outputs]; for
 *   operator networks [functions, points..., outputs].
 * @param[in] validation_inputs Inputs of a validation set, of any number of samples; NULL for none. Array
 *   of n_validation_inputs arrays of shape [samples, inputs] or [time_steps, samples, inputs]; for operator
 *   networks [functions, inputs], and the points as said above.
 * @param[in] n_validation_inputs Number of arrays in validation_inputs, as n_inputs; not looked at if it is
 *   NULL.
 * @param[in] validation_targets Targets of the validation set; NULL if and only if validation_inputs is.
 *   Shape [samples, outputs]; for operator networks [functions, points..., outputs].
 * @param[in] progress Called at each report, and about every 0.25 s between reports; NULL for none.
 * @param[in] context Handed to progress and otherwise not looked at. May be NULL.
 * @return Why it stopped, RFGSNN_STOPPED_STEPS to RFGSNN_STOPPED_REQUEST, or an error.
 *   - RFGSNN_ERROR_NULL_POINTER: trainer, inputs or targets is NULL, or one of validation_inputs and
 *     validation_targets but not the other.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs, targets, validation_inputs, validation_targets, n_inputs or
 *     n_validation_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs, targets, validation_inputs or validation_targets is not of aligned float
 *     or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an array holds a NaN or an infinity, or a loss, a gradient or a parameter
 *     became one; the sentence names the step, or the validation set.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: a readout solve is singular: readout_lambda is too small.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_UNSUPPORTED: option patience is set and there is no validation set, or readout_solve or
 *     points_per_batch is set and each function of a deeponet has points of its own.
 *   - RFGSNN_ERROR_CALLBACK: progress returned a negative number.
 * @par Threads: exclusive
 * @par Complexity: O(steps * batch_size * time_steps * parameters) for rate tangents.
 * @since 1.0
 */
rfgsnn_status rfgsnn_fit(
    rfgsnn_trainer *trainer, const rfgsnn_array *inputs, int32_t n_inputs, const rfgsnn_array *targets,
    const rfgsnn_array *validation_inputs, int32_t n_validation_inputs,
    const rfgsnn_array *validation_targets, rfgsnn_progress progress, void *context);

/**
 * Asks a long call on a trainer to stop.
 *
 * May be called from a signal handler and while the call runs: it takes no lock and allocates nothing. It
 * stops the call that runs, or the next one of those that can be stopped if none runs; that call takes the
 * request with it, however it ends. Within about 0.2 s rfgsnn_fit returns RFGSNN_STOPPED_REQUEST, with the
 * parameters of the last whole step, or the best ones with restore_best, and any other that names
 * RFGSNN_ERROR_CANCELLED among its errors returns that.
 *
 * @param[in] trainer The trainer whose call is to stop; must not be freed at the same time.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 * @par Threads: any
 * @since 1.0
 */
rfgsnn_status rfgsnn_request_stop(rfgsnn_trainer *trainer);

/**
 * Reads the records that rfgsnn_fit kept at its reports.
 *
 * @param[in] trainer The trainer to look at.
 * @param[in] first First record to read, from 0.
 * @param[in] capacity Length of each of the arrays that is not NULL.
 * @param[out] steps Number of updates that the trainer had done at each record. Length capacity; may be
 *   NULL.
 * @param[out] losses Mean training loss since the record before. Length capacity; may be NULL.
 * @param[out] validation_losses Validation losses; NaN without a validation set. Length capacity; may be
 *   NULL.
 * @param[out] count Number of records that exist in all, which may be more than capacity; min(capacity,
 *   count - first) were written. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: first or capacity is negative.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_history(
    const rfgsnn_trainer *trainer, int64_t first, int64_t capacity, int64_t *steps, double *losses,
    double *validation_losses, int64_t *count);

/**
 * Measures what the trainer's gradient estimates are worth on a batch: cosine, bias, variance and
 * signal-to-noise.
 *
 * An estimator of its own, like the trainer's, makes a number of estimates at the present parameters; all
 * figures are over the parameters of the spiking layers, because a linear readout's gradient is exact.
 * Neither the network nor the trainer changes. With g an estimate and E its mean over the draws, the
 * squared length of E g is found from products of different draws, which hold none of their noise; while it
 * does not stand out of the noise, only its part along the reference counts. rfgsnn_trainer_advice says in
 * words what to do.
 *
 * @param[in] trainer The trainer.
 * @param[in] inputs The inputs of the batch, in the host's units. Array of n_inputs arrays of shape
 *   [samples, inputs] or [time_steps, samples, inputs]; for operator networks [functions, inputs], and the
 *   points as said above.
 * @param[in] n_inputs Number of arrays in inputs: 1, for a deeponet 2, for a seponet 1 + coordinates.
 * @param[in] targets The targets of the batch, in the host's units. Shape [samples, outputs]; for operator
 *   networks [functions, points..., outputs].
 * @param[in] draws Estimates to make, such as 16; more of them see smaller biases.
 * @param[out] reference What the estimates are compared with, valid for ever: bptt, the exact surrogate
 *   gradient; spatial_bp, that of the rate linearisation, if the history of bptt would take more than 256
 *   MiB or than memory_limit leaves; mean, the mean of the other draws, if there is no memory for that
 *   either. May be NULL.
 * @param[out] cosine Mean over the draws of the cosine with the reference; NaN if that is 0. May be NULL.
 * @param[out] bias |E g - reference| / |reference|, without the noise's part; 0 if it is less than 2
 *   standard errors (by the jackknife) above none; NaN if the reference is mean or 0, or draws is 2. May be
 *   NULL.
 * @param[out] variance E|g - E g|^2 / |E g|^2; infinite if no signal is seen, NaN if there is neither
 *   signal nor noise. May be NULL.
 * @param[out] signal_to_noise |E g|^2 / E|g - E g|^2, the inverse; infinite without noise, NaN if there is
 *   neither. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer, inputs or targets is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_SHAPE: inputs, targets or n_inputs does not fit the network.
 *   - RFGSNN_ERROR_DTYPE: inputs or targets is not of aligned float or double in CPU memory.
 *   - RFGSNN_ERROR_NOT_FINITE: an input, a target, a parameter, the loss or an estimate is NaN or infinite.
 *   - RFGSNN_ERROR_OUT_OF_RANGE: draws is not between 2 and 1024.
 *   - RFGSNN_ERROR_OUT_OF_MEMORY: there is not enough memory, or memory_limit is too small.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_CANCELLED: rfgsnn_request_stop or rfgsnn_network_request_stop asked for it.
 * @par Threads: exclusive
 * @par Complexity: draws estimates, one of bptt, and O(draws^2 * parameters); memory of draws * parameters
 *   floats.
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_diagnose(
    rfgsnn_trainer *trainer, const rfgsnn_array *inputs, int32_t n_inputs, const rfgsnn_array *targets,
    int64_t draws, const char **reference, double *cosine, double *bias, double *variance,
    double *signal_to_noise);

/**
 * Gives the last diagnosis in words: what is wrong and which option helps.
 *
 * @param[in] trainer The trainer.
 * @param[out] text Sentences, one per line; one that says so if nothing is wrong. It belongs to the trainer
 *   and is valid until the next rfgsnn_trainer_diagnose, or until the trainer is freed.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or text is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 *   - RFGSNN_ERROR_WRONG_ORDER: rfgsnn_trainer_diagnose was not called yet.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_advice(const rfgsnn_trainer *trainer, const char **text);

/**
 * Reads the number of updates that a trainer has done.
 *
 * @param[in] trainer The trainer to look at.
 * @param[out] updates Number of updates, of rfgsnn_update and rfgsnn_fit together.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer or updates is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_updates(const rfgsnn_trainer *trainer, int64_t *updates);

/**
 * Reads how much memory the numeric buffers of a trainer hold, without its network's.
 *
 * @param[in] trainer The trainer to look at.
 * @param[out] held Bytes held now. May be NULL.
 * @param[out] peak The most bytes ever held. May be NULL.
 * @return RFGSNN_OK, or
 *   - RFGSNN_ERROR_NULL_POINTER: trainer is NULL.
 *   - RFGSNN_ERROR_INVALID_HANDLE: trainer was freed, is of another kind or foreign.
 *   - RFGSNN_ERROR_BUSY: trainer is inside another call.
 * @par Threads: reader
 * @since 1.0
 */
rfgsnn_status rfgsnn_trainer_memory(const rfgsnn_trainer *trainer, int64_t *held, int64_t *peak);

#ifdef __cplusplus
}
#endif

#endif
