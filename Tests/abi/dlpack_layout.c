/* rfgsnn_array has the layout of DLTensor: checked against the real dlpack.h (Debian: libdlpack-dev). */
#include <dlpack/dlpack.h>
#include <stddef.h>

#include "rfgsnn.h"

#define SAME(claim, left, right) typedef char claim[(left) == (right) ? 1 : -1]
#define SAME_FIELD(field)                                                                    \
  SAME(offset_of_##field, offsetof(rfgsnn_array, field), offsetof(DLTensor, field));         \
  SAME(size_of_##field, sizeof(((rfgsnn_array *)0)->field), sizeof(((DLTensor *)0)->field))
#define SAME_PART(part, ours, theirs)                                   \
  SAME(offset_of_##part, offsetof(ours, part), offsetof(theirs, part)); \
  SAME(size_of_##part, sizeof(((ours *)0)->part), sizeof(((theirs *)0)->part))

SAME(size_of_array, sizeof(rfgsnn_array), sizeof(DLTensor));
SAME_FIELD(data);
SAME_FIELD(device);
SAME_FIELD(ndim);
SAME_FIELD(dtype);
SAME_FIELD(shape);
SAME_FIELD(strides);
SAME_FIELD(byte_offset);
SAME_PART(device_type, rfgsnn_device, DLDevice);
SAME_PART(device_id, rfgsnn_device, DLDevice);
SAME_PART(code, rfgsnn_dtype, DLDataType);
SAME_PART(bits, rfgsnn_dtype, DLDataType);
SAME_PART(lanes, rfgsnn_dtype, DLDataType);
SAME(cpu_is_1, kDLCPU, 1);
SAME(float_is_2, kDLFloat, 2);
