// The header in C++17: every function is there with C linkage and without overloads, the array view has the
// layout that the ABI promises, and the enums have the size of an int.
#include "rfgsnn.h"

#include <cstddef>
#include <type_traits>

static_assert(std::is_standard_layout_v<rfgsnn_array> && std::is_trivial_v<rfgsnn_array>);
static_assert(sizeof(rfgsnn_array) == 48);
static_assert(offsetof(rfgsnn_array, device) == 8);
static_assert(offsetof(rfgsnn_array, ndim) == 16);
static_assert(offsetof(rfgsnn_array, dtype) == 20);
static_assert(offsetof(rfgsnn_array, shape) == 24);
static_assert(offsetof(rfgsnn_array, strides) == 32);
static_assert(offsetof(rfgsnn_array, byte_offset) == 40);
static_assert(sizeof(rfgsnn_status) == sizeof(int) && sizeof(rfgsnn_option_type) == sizeof(int));
static_assert(std::is_same_v<decltype(&rfgsnn_status_name), const char *(*)(rfgsnn_status)>);

using function = void (*)();

extern const function functions[];
const function functions[] = {
    reinterpret_cast<function>(rfgsnn_abi_version),
    reinterpret_cast<function>(rfgsnn_require_abi),
    reinterpret_cast<function>(rfgsnn_version),
    reinterpret_cast<function>(rfgsnn_build_info),
    reinterpret_cast<function>(rfgsnn_instruction_set),
    reinterpret_cast<function>(rfgsnn_last_error),
    reinterpret_cast<function>(rfgsnn_status_name),
    reinterpret_cast<function>(rfgsnn_memory_held),
    reinterpret_cast<function>(rfgsnn_options_create),
    reinterpret_cast<function>(rfgsnn_options_free),
    reinterpret_cast<function>(rfgsnn_options_set_int),
    reinterpret_cast<function>(rfgsnn_options_set_float),
    reinterpret_cast<function>(rfgsnn_options_set_string),
    reinterpret_cast<function>(rfgsnn_options_set_ints),
    reinterpret_cast<function>(rfgsnn_option_count),
    reinterpret_cast<function>(rfgsnn_option_describe),
    reinterpret_cast<function>(rfgsnn_network_create),
    reinterpret_cast<function>(rfgsnn_network_clone),
    reinterpret_cast<function>(rfgsnn_network_free),
    reinterpret_cast<function>(rfgsnn_network_shape),
    reinterpret_cast<function>(rfgsnn_network_instruction_set),
    reinterpret_cast<function>(rfgsnn_network_parameters),
    reinterpret_cast<function>(rfgsnn_network_set_parameters),
    reinterpret_cast<function>(rfgsnn_network_tensor_count),
    reinterpret_cast<function>(rfgsnn_network_tensor),
    reinterpret_cast<function>(rfgsnn_network_set_scaling),
    reinterpret_cast<function>(rfgsnn_network_scaling),
    reinterpret_cast<function>(rfgsnn_network_fit_scaling),
    reinterpret_cast<function>(rfgsnn_network_surrogate_widths),
    reinterpret_cast<function>(rfgsnn_network_set_surrogate_widths),
    reinterpret_cast<function>(rfgsnn_network_predict),
    reinterpret_cast<function>(rfgsnn_network_firing_rates),
    reinterpret_cast<function>(rfgsnn_network_activity),
    reinterpret_cast<function>(rfgsnn_network_calibrate),
    reinterpret_cast<function>(rfgsnn_network_solve_readout),
    reinterpret_cast<function>(rfgsnn_network_request_stop),
    reinterpret_cast<function>(rfgsnn_network_memory),
    reinterpret_cast<function>(rfgsnn_state_create),
    reinterpret_cast<function>(rfgsnn_state_free),
    reinterpret_cast<function>(rfgsnn_state_reset),
    reinterpret_cast<function>(rfgsnn_state_step),
    reinterpret_cast<function>(rfgsnn_state_spikes),
    reinterpret_cast<function>(rfgsnn_state_membrane),
    reinterpret_cast<function>(rfgsnn_trainer_create),
    reinterpret_cast<function>(rfgsnn_trainer_free),
    reinterpret_cast<function>(rfgsnn_perturb),
    reinterpret_cast<function>(rfgsnn_step),
    reinterpret_cast<function>(rfgsnn_forward),
    reinterpret_cast<function>(rfgsnn_estimate_gradient),
    reinterpret_cast<function>(rfgsnn_estimate_gradient_from_output_gradient),
    reinterpret_cast<function>(rfgsnn_perturbed_parameters),
    reinterpret_cast<function>(rfgsnn_estimate_gradient_from_losses),
    reinterpret_cast<function>(rfgsnn_gradient),
    reinterpret_cast<function>(rfgsnn_update),
    reinterpret_cast<function>(rfgsnn_fit),
    reinterpret_cast<function>(rfgsnn_request_stop),
    reinterpret_cast<function>(rfgsnn_trainer_history),
    reinterpret_cast<function>(rfgsnn_trainer_diagnose),
    reinterpret_cast<function>(rfgsnn_trainer_advice),
    reinterpret_cast<function>(rfgsnn_trainer_updates),
    reinterpret_cast<function>(rfgsnn_trainer_memory),
};
