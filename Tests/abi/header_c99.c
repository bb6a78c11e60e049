/*
 * The functions and constants of ABI 1.0, kept by hand and on purpose a second time: a header in which one is
 * missing, or has another type or value, does not compile. Lines are added here, never changed.
 */
#include "rfgsnn.h"

#define CONSTANT(name, value) typedef char name##_is_##value[(name) == (value) ? 1 : -1]
#define MINUS(name, value) typedef char name##_is_minus_##value[(name) == -(value) ? 1 : -1]

CONSTANT(RFGSNN_OK, 0);
CONSTANT(RFGSNN_STOPPED_STEPS, 1);
CONSTANT(RFGSNN_STOPPED_EARLY, 2);
CONSTANT(RFGSNN_STOPPED_TARGET, 3);
CONSTANT(RFGSNN_STOPPED_CALLBACK, 4);
CONSTANT(RFGSNN_STOPPED_REQUEST, 5);
MINUS(RFGSNN_ERROR_NULL_POINTER, 1);
MINUS(RFGSNN_ERROR_INVALID_HANDLE, 2);
MINUS(RFGSNN_ERROR_SHAPE, 3);
MINUS(RFGSNN_ERROR_DTYPE, 4);
MINUS(RFGSNN_ERROR_NOT_FINITE, 5);
MINUS(RFGSNN_ERROR_UNKNOWN_OPTION, 6);
MINUS(RFGSNN_ERROR_OUT_OF_RANGE, 7);
MINUS(RFGSNN_ERROR_OUT_OF_MEMORY, 8);
MINUS(RFGSNN_ERROR_BUSY, 9);
MINUS(RFGSNN_ERROR_IN_USE, 10);
MINUS(RFGSNN_ERROR_WRONG_ORDER, 11);
MINUS(RFGSNN_ERROR_UNSUPPORTED, 12);
MINUS(RFGSNN_ERROR_CALLBACK, 13);
MINUS(RFGSNN_ERROR_ABI, 14);
MINUS(RFGSNN_ERROR_INTERNAL, 15);
MINUS(RFGSNN_ERROR_CANCELLED, 16);

CONSTANT(RFGSNN_OPTION_INT, 1);
CONSTANT(RFGSNN_OPTION_FLOAT, 2);
CONSTANT(RFGSNN_OPTION_STRING, 3);
CONSTANT(RFGSNN_OPTION_INTS, 4);

CONSTANT(RFGSNN_ABI_MAJOR, 1);
CONSTANT(RFGSNN_ABI_MINOR, 0);

const char header_version[] = RFGSNN_VERSION;

int32_t on_progress(void *context, int64_t step, int64_t steps, double loss, double validation_loss,
                    double seconds_left);
rfgsnn_progress progress = on_progress;

int32_t (*abi_version)(void) = rfgsnn_abi_version;
rfgsnn_status (*require_abi)(int32_t, int32_t) = rfgsnn_require_abi;
const char *(*version)(void) = rfgsnn_version;
const char *(*build_info)(void) = rfgsnn_build_info;
const char *(*instruction_set)(void) = rfgsnn_instruction_set;
const char *(*last_error)(void) = rfgsnn_last_error;
const char *(*status_name)(rfgsnn_status) = rfgsnn_status_name;
rfgsnn_status (*memory_held)(int64_t *) = rfgsnn_memory_held;
rfgsnn_status (*options_create)(rfgsnn_options **) = rfgsnn_options_create;
rfgsnn_status (*options_free)(rfgsnn_options *) = rfgsnn_options_free;
rfgsnn_status (*options_set_int)(rfgsnn_options *, const char *, int64_t) = rfgsnn_options_set_int;
rfgsnn_status (*options_set_float)(rfgsnn_options *, const char *, double) = rfgsnn_options_set_float;
rfgsnn_status (*options_set_string)(
    rfgsnn_options *, const char *, const char *) = rfgsnn_options_set_string;
rfgsnn_status (*options_set_ints)(
    rfgsnn_options *, const char *, const int64_t *, int64_t) = rfgsnn_options_set_ints;
int32_t (*option_count)(void) = rfgsnn_option_count;
rfgsnn_status (*option_describe)(
    int32_t, const char **, rfgsnn_option_type *, const char **, const char **, const char **) =
    rfgsnn_option_describe;
rfgsnn_status (*network_create)(const rfgsnn_options *, rfgsnn_network **) = rfgsnn_network_create;
rfgsnn_status (*network_clone)(const rfgsnn_network *, rfgsnn_network **) = rfgsnn_network_clone;
rfgsnn_status (*network_free)(rfgsnn_network *) = rfgsnn_network_free;
rfgsnn_status (*network_shape)(
    const rfgsnn_network *, int64_t *, int64_t *, int64_t *, int32_t *, int64_t *) = rfgsnn_network_shape;
rfgsnn_status (*network_instruction_set)(
    const rfgsnn_network *, const char **) = rfgsnn_network_instruction_set;
rfgsnn_status (*network_parameters)(rfgsnn_network *, float **, int64_t *) = rfgsnn_network_parameters;
rfgsnn_status (*network_set_parameters)(
    rfgsnn_network *, const float *, int64_t) = rfgsnn_network_set_parameters;
rfgsnn_status (*network_tensor_count)(const rfgsnn_network *, int32_t *) = rfgsnn_network_tensor_count;
rfgsnn_status (*network_tensor)(
    const rfgsnn_network *, int32_t, const char **, int32_t *, int64_t *, int64_t *) =
    rfgsnn_network_tensor;
rfgsnn_status (*network_set_scaling)(
    rfgsnn_network *, const double *, const double *, int64_t, const double *, const double *, int64_t) =
    rfgsnn_network_set_scaling;
rfgsnn_status (*network_scaling)(
    const rfgsnn_network *, double *, double *, int64_t, double *, double *, int64_t) =
    rfgsnn_network_scaling;
rfgsnn_status (*network_fit_scaling)(
    rfgsnn_network *, const char *, const rfgsnn_array *, int32_t, const rfgsnn_array *) =
    rfgsnn_network_fit_scaling;
rfgsnn_status (*network_surrogate_widths)(
    const rfgsnn_network *, double *, int64_t) = rfgsnn_network_surrogate_widths;
rfgsnn_status (*network_set_surrogate_widths)(
    rfgsnn_network *, const double *, int64_t) = rfgsnn_network_set_surrogate_widths;
rfgsnn_status (*network_predict)(
    rfgsnn_network *, const rfgsnn_array *, int32_t, rfgsnn_array *) = rfgsnn_network_predict;
rfgsnn_status (*network_firing_rates)(
    rfgsnn_network *, const rfgsnn_array *, int32_t, double *, int64_t) = rfgsnn_network_firing_rates;
rfgsnn_status (*network_activity)(
    rfgsnn_network *, const rfgsnn_array *, int32_t, double *, double *, double *, int64_t) =
    rfgsnn_network_activity;
rfgsnn_status (*network_calibrate)(
    rfgsnn_network *, const rfgsnn_array *, int32_t) = rfgsnn_network_calibrate;
rfgsnn_status (*network_solve_readout)(
    rfgsnn_network *, const rfgsnn_array *, int32_t, const rfgsnn_array *, double, double *, double *) =
    rfgsnn_network_solve_readout;
rfgsnn_status (*network_request_stop)(rfgsnn_network *) = rfgsnn_network_request_stop;
rfgsnn_status (*network_memory)(const rfgsnn_network *, int64_t *, int64_t *) = rfgsnn_network_memory;
rfgsnn_status (*state_create)(rfgsnn_network *, int64_t, rfgsnn_state **) = rfgsnn_state_create;
rfgsnn_status (*state_free)(rfgsnn_state *) = rfgsnn_state_free;
rfgsnn_status (*state_reset)(rfgsnn_state *) = rfgsnn_state_reset;
rfgsnn_status (*state_step)(rfgsnn_state *, const rfgsnn_array *, rfgsnn_array *) = rfgsnn_state_step;
rfgsnn_status (*state_spikes)(const rfgsnn_state *, int32_t, rfgsnn_array *) = rfgsnn_state_spikes;
rfgsnn_status (*state_membrane)(const rfgsnn_state *, int32_t, rfgsnn_array *) = rfgsnn_state_membrane;
rfgsnn_status (*trainer_create)(
    rfgsnn_network *, const rfgsnn_options *, rfgsnn_trainer **) = rfgsnn_trainer_create;
rfgsnn_status (*trainer_free)(rfgsnn_trainer *) = rfgsnn_trainer_free;
rfgsnn_status (*perturb)(rfgsnn_trainer *, int64_t) = rfgsnn_perturb;
rfgsnn_status (*step)(rfgsnn_trainer *, const rfgsnn_array *, rfgsnn_array *) = rfgsnn_step;
rfgsnn_status (*forward)(rfgsnn_trainer *, const rfgsnn_array *, int32_t, rfgsnn_array *) = rfgsnn_forward;
rfgsnn_status (*estimate_gradient)(
    rfgsnn_trainer *, const rfgsnn_array *, double *) = rfgsnn_estimate_gradient;
rfgsnn_status (*estimate_gradient_from_output_gradient)(
    rfgsnn_trainer *, const rfgsnn_array *) = rfgsnn_estimate_gradient_from_output_gradient;
rfgsnn_status (*perturbed_parameters)(
    rfgsnn_trainer *, int64_t, float *, int64_t) = rfgsnn_perturbed_parameters;
rfgsnn_status (*estimate_gradient_from_losses)(
    rfgsnn_trainer *, const double *, int64_t) = rfgsnn_estimate_gradient_from_losses;
rfgsnn_status (*gradient)(rfgsnn_trainer *, const float **, int64_t *) = rfgsnn_gradient;
rfgsnn_status (*update)(rfgsnn_trainer *) = rfgsnn_update;
rfgsnn_status (*fit)(
    rfgsnn_trainer *, const rfgsnn_array *, int32_t, const rfgsnn_array *, const rfgsnn_array *, int32_t,
    const rfgsnn_array *, rfgsnn_progress, void *) = rfgsnn_fit;
rfgsnn_status (*request_stop)(rfgsnn_trainer *) = rfgsnn_request_stop;
rfgsnn_status (*trainer_history)(
    const rfgsnn_trainer *, int64_t, int64_t, int64_t *, double *, double *, int64_t *) =
    rfgsnn_trainer_history;
rfgsnn_status (*trainer_diagnose)(
    rfgsnn_trainer *, const rfgsnn_array *, int32_t, const rfgsnn_array *, int64_t, const char **, double *,
    double *, double *, double *) = rfgsnn_trainer_diagnose;
rfgsnn_status (*trainer_advice)(const rfgsnn_trainer *, const char **) = rfgsnn_trainer_advice;
rfgsnn_status (*trainer_updates)(const rfgsnn_trainer *, int64_t *) = rfgsnn_trainer_updates;
rfgsnn_status (*trainer_memory)(const rfgsnn_trainer *, int64_t *, int64_t *) = rfgsnn_trainer_memory;
