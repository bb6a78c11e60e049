public import CRFGSNN
import Runtime

// The functions of group options; what each does is in rfgsnn.h.

/// A new options object with defaults; see rfgsnn.h.
@c @implementation
public func rfgsnn_options_create(
  _ options: UnsafeMutablePointer<OpaquePointer?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(options, "options")
    place.pointee = try handles.insert(Options())
  }
}

/// Frees an options object; see rfgsnn.h.
@c @implementation
public func rfgsnn_options_free(
  _ options: OpaquePointer?
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.remove(options, as: Options.self, "options") }
}

/// Sets an int, or a float to an int; see rfgsnn.h.
@c @implementation
public func rfgsnn_options_set_int(
  _ options: OpaquePointer?,
  _ key: UnsafePointer<CChar>?,
  _ value: Int64
) -> rfgsnn_status {
  set(options, key) { .int(value) }
}

/// Sets a float; see rfgsnn.h.
@c @implementation
public func rfgsnn_options_set_float(
  _ options: OpaquePointer?,
  _ key: UnsafePointer<CChar>?,
  _ value: Double
) -> rfgsnn_status {
  set(options, key) { .float(value) }
}

/// Sets a string; see rfgsnn.h.
@c @implementation
public func rfgsnn_options_set_string(
  _ options: OpaquePointer?,
  _ key: UnsafePointer<CChar>?,
  _ value: UnsafePointer<CChar>?
) -> rfgsnn_status {
  set(options, key) { () throws(Failure) in .word(try text(value, "value", atMost: 4096, otherwise: .outOfRange)) }
}

/// Sets a list of ints; see rfgsnn.h.
@c @implementation
public func rfgsnn_options_set_ints(
  _ options: OpaquePointer?,
  _ key: UnsafePointer<CChar>?,
  _ values: UnsafePointer<Int64>?,
  _ count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try handles.use(options, as: Options.self, "options") { options throws(Failure) in
      try options.set(try keyText(key), try required(values, "values"), count: count)
    }
  }
}

/// The number of option keys; see rfgsnn.h.
@c @implementation
public func rfgsnn_option_count() -> Int32 {
  Int32(clamping: optionTable.count)
}

/// Describes an option key; see rfgsnn.h.
@c @implementation
public func rfgsnn_option_describe(
  _ index: Int32,
  _ key: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ type: UnsafeMutablePointer<rfgsnn_option_type>?,
  _ default_value: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ range: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ doc: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let option = optionTable[
      try requireIndex(Int64(index), "index", below: optionTable.count, of: "option keys")]
    store(option.key.cString, to: key)
    store(option.domain.type, to: type)
    store(cString(option.defaultText), to: default_value)
    store(cString(option.rangeText), to: range)
    store(cString(option.doc), to: doc)
  }
}

private func set(
  _ options: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: () throws(Failure) -> OptionValue
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try handles.use(options, as: Options.self, "options") { options throws(Failure) in
      try options.set(try keyText(key), try value())
    }
  }
}

private func keyText(_ key: UnsafePointer<CChar>?) throws(Failure) -> Letters {
  try text(key, "key", atMost: 256, otherwise: .unknownOption)
}

extension OptionDomain {
  fileprivate var type: rfgsnn_option_type {
    switch self {
    case .int: RFGSNN_OPTION_INT
    case .float: RFGSNN_OPTION_FLOAT
    case .choice, .choices: RFGSNN_OPTION_STRING
    case .ints: RFGSNN_OPTION_INTS
    }
  }
}
