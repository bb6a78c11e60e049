// The library, as a C target for Swift: the implementation is in Sources/RFGSNN.
#include "rfgsnn.h"
