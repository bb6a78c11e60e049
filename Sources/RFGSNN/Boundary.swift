internal import CRFGSNN
import CSystem
import Runtime

/// Runs the body of a C function: no error leaves it but as a status and a sentence.
@inline(__always)
func guarded(_ body: () throws(Failure) -> Void) -> rfgsnn_status {
  do {
    try body()
    return RFGSNN_OK
  } catch {
    return report(error)
  }
}

/// Keeps the sentence for rfgsnn_last_error of this thread and returns the status that goes with it.
@inline(never)
func report(_ failure: Failure) -> rfgsnn_status {
  var sentence = failure.message
  sentence.withUTF8 { utf8 in
    // Cut between characters, not inside one.
    var length = min(utf8.count, 1023)
    while length > 0 && length < utf8.count && utf8[length] & 0xC0 == 0x80 { length -= 1 }
    utf8.withMemoryRebound(to: CChar.self) { rfgs_set_error_text($0.baseAddress, length) }
  }
  return failure.kind.status
}

extension Failure.Kind {
  var status: rfgsnn_status {
    switch self {
    case .nullPointer: RFGSNN_ERROR_NULL_POINTER
    case .invalidHandle: RFGSNN_ERROR_INVALID_HANDLE
    case .shape: RFGSNN_ERROR_SHAPE
    case .dataType: RFGSNN_ERROR_DTYPE
    case .notFinite: RFGSNN_ERROR_NOT_FINITE
    case .unknownOption: RFGSNN_ERROR_UNKNOWN_OPTION
    case .outOfRange: RFGSNN_ERROR_OUT_OF_RANGE
    case .outOfMemory: RFGSNN_ERROR_OUT_OF_MEMORY
    case .busy: RFGSNN_ERROR_BUSY
    case .inUse: RFGSNN_ERROR_IN_USE
    case .wrongOrder: RFGSNN_ERROR_WRONG_ORDER
    case .unsupported: RFGSNN_ERROR_UNSUPPORTED
    case .callback: RFGSNN_ERROR_CALLBACK
    case .abi: RFGSNN_ERROR_ABI
    case .cancelled: RFGSNN_ERROR_CANCELLED
    }
  }
}
