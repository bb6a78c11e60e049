public import CRFGSNN
import CSystem
import Kernels
import Runtime

// The functions of group library; what each does is in rfgsnn.h.

/// Major * 65536 + minor of the binary interface; see rfgsnn.h.
@c @implementation
public func rfgsnn_abi_version() -> Int32 {
  RFGSNN_ABI_MAJOR << 16 | RFGSNN_ABI_MINOR
}

/// Whether a program compiled for this interface version can be served; see rfgsnn.h.
@c @implementation
public func rfgsnn_require_abi(
  _ major: Int32,
  _ minor: Int32
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    if major != RFGSNN_ABI_MAJOR || minor < 0 || minor > RFGSNN_ABI_MINOR {
      throw Failure(
        .abi,
        "\(major != RFGSNN_ABI_MAJOR ? "major" : "minor"): the program was compiled for rfgsnn ABI \(major).\(minor), "
          + "but this library, version \(RFGSNN_VERSION), has ABI \(RFGSNN_ABI_MAJOR).\(RFGSNN_ABI_MINOR); install a "
          + "library of the program's ABI, or compile the program again")
    }
  }
}

/// The library's version; see rfgsnn.h.
@c @implementation
public func rfgsnn_version() -> UnsafePointer<CChar>? {
  LibraryTexts.version
}

/// Version, compiler, configuration and architecture; see rfgsnn.h.
@c @implementation
public func rfgsnn_build_info() -> UnsafePointer<CChar>? {
  LibraryTexts.buildInfo
}

/// The best instruction set of this machine; see rfgsnn.h.
@c @implementation
public func rfgsnn_instruction_set() -> UnsafePointer<CChar>? {
  cString(InstructionSet.best.staticName)
}

/// The sentence of this thread's last failed call; see rfgsnn.h.
@c @implementation
public func rfgsnn_last_error() -> UnsafePointer<CChar>? {
  rfgs_error_text()
}

/// The name of a status; see rfgsnn.h.
@c @implementation
public func rfgsnn_status_name(
  _ status: rfgsnn_status
) -> UnsafePointer<CChar>? {
  cString(status.name)
}

/// Bytes of all numeric buffers; see rfgsnn.h.
@c @implementation
public func rfgsnn_memory_held(
  _ bytes: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try required(bytes, "bytes").pointee = Int64(MemoryAccount.processHeld)
  }
}

/// Texts that are made once and stay for ever.
private enum LibraryTexts {
  nonisolated(unsafe) static let version = UnsafePointer(cStringCopy(RFGSNN_VERSION))
  nonisolated(unsafe) static let buildInfo = UnsafePointer(
    cStringCopy("rfgsnn \(RFGSNN_VERSION), Swift \(compiler), \(configuration), \(architecture)"))

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other architecture"
    #endif
  }
}

extension InstructionSet {
  /// The name as the host sees it.
  var staticName: StaticString {
    switch self {
    case .baseline: "baseline"
    case .v3: "x86-64-v3"
    case .v4: "x86-64-v4"
    }
  }
}

extension rfgsnn_status {
  fileprivate var name: StaticString {
    switch self {
    case RFGSNN_OK: "RFGSNN_OK"
    case RFGSNN_STOPPED_STEPS: "RFGSNN_STOPPED_STEPS"
    case RFGSNN_STOPPED_EARLY: "RFGSNN_STOPPED_EARLY"
    case RFGSNN_STOPPED_TARGET: "RFGSNN_STOPPED_TARGET"
    case RFGSNN_STOPPED_CALLBACK: "RFGSNN_STOPPED_CALLBACK"
    case RFGSNN_STOPPED_REQUEST: "RFGSNN_STOPPED_REQUEST"
    case RFGSNN_ERROR_NULL_POINTER: "RFGSNN_ERROR_NULL_POINTER"
    case RFGSNN_ERROR_INVALID_HANDLE: "RFGSNN_ERROR_INVALID_HANDLE"
    case RFGSNN_ERROR_SHAPE: "RFGSNN_ERROR_SHAPE"
    case RFGSNN_ERROR_DTYPE: "RFGSNN_ERROR_DTYPE"
    case RFGSNN_ERROR_NOT_FINITE: "RFGSNN_ERROR_NOT_FINITE"
    case RFGSNN_ERROR_UNKNOWN_OPTION: "RFGSNN_ERROR_UNKNOWN_OPTION"
    case RFGSNN_ERROR_OUT_OF_RANGE: "RFGSNN_ERROR_OUT_OF_RANGE"
    case RFGSNN_ERROR_OUT_OF_MEMORY: "RFGSNN_ERROR_OUT_OF_MEMORY"
    case RFGSNN_ERROR_BUSY: "RFGSNN_ERROR_BUSY"
    case RFGSNN_ERROR_IN_USE: "RFGSNN_ERROR_IN_USE"
    case RFGSNN_ERROR_WRONG_ORDER: "RFGSNN_ERROR_WRONG_ORDER"
    case RFGSNN_ERROR_UNSUPPORTED: "RFGSNN_ERROR_UNSUPPORTED"
    case RFGSNN_ERROR_CALLBACK: "RFGSNN_ERROR_CALLBACK"
    case RFGSNN_ERROR_ABI: "RFGSNN_ERROR_ABI"
    case RFGSNN_ERROR_INTERNAL: "RFGSNN_ERROR_INTERNAL"
    case RFGSNN_ERROR_CANCELLED: "RFGSNN_ERROR_CANCELLED"
    default: "unknown status"
    }
  }
}
