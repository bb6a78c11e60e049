import Foundation

/// The C API as it is written down in `api/`: the source of every generated file.
struct Description {
  var library: LibraryDescription
  var types: TypesDescription
  var options: [OptionDescription]
  var sections: [SectionDescription]

  var functions: [FunctionDescription] { sections.flatMap(\.functions) }
}

/// `api/library.json`: name, versions and the overview at the top of the header.
struct LibraryDescription: Codable {
  var name: String
  var version: String
  var abi: AbiVersion
  /// Names of the files in `api/functions/`, in the order of the header.
  var sections: [String]
  var overview: Text
}

struct AbiVersion: Codable {
  var major: Int
  var minor: Int
}

/// `api/types.json`: everything that function signatures are made of.
struct TypesDescription: Codable {
  var enums: [EnumDescription]
  var handles: [HandleDescription]
  var structs: [StructDescription]
  var callbacks: [CallbackDescription]
  /// Names of lengths and extents, with the value they have for a network made from `exampleOptions`.
  var dimensions: [DimensionDescription]
  /// Option values of the small network that the conformance test makes.
  var exampleOptions: [String: Literal]

  enum CodingKeys: String, CodingKey {
    case enums, handles, structs, callbacks, dimensions
    case exampleOptions = "example_options"
  }
}

struct EnumDescription: Codable {
  var name: String
  /// Put before the name of each case to make the C constant.
  var prefix: String
  var doc: Text
  var cases: [EnumCase]
}

struct EnumCase: Codable {
  var name: String
  var value: Int
  var doc: Text
  /// For statuses: what the user can do about it.
  var remedy: Text?
}

struct HandleDescription: Codable {
  var name: String
  var doc: Text
}

struct StructDescription: Codable {
  var name: String
  var doc: Text
  var fields: [FieldDescription]
}

/// A field of a struct or an argument of a callback; `type` is C.
struct FieldDescription: Codable {
  var name: String
  var type: String
  var doc: Text
}

struct CallbackDescription: Codable {
  var name: String
  var doc: Text
  var returns: String
  var arguments: [FieldDescription]
}

struct DimensionDescription: Codable {
  var name: String
  var doc: Text
  /// Absent: the number of option keys.
  var example: Int?
}

/// One file of `api/functions/`: a section of the header.
struct SectionDescription: Codable {
  var title: String
  var doc: Text
  var functions: [FunctionDescription]
}

struct FunctionDescription: Codable {
  var name: String
  var summary: Text
  var doc: Text?
  /// Absent: a status.
  var returns: ReturnDescription?
  var thread: ThreadRule
  var complexity: Text?
  /// Functions that must succeed first, in this order; the tests call them.
  var after: [String]?
  /// Options beyond the example's that the call needs.
  var needsOptions: [String: Literal]?
  var arguments: [ArgumentDescription]?
  /// Errors whose reason is special to the function; `allErrors` adds those that follow from the arguments.
  var errors: [ErrorDescription]?

  enum CodingKeys: String, CodingKey {
    case name, summary, doc, returns, thread, complexity, after, arguments, errors
    case needsOptions = "needs_options"
  }

  var allArguments: [ArgumentDescription] { arguments ?? [] }
  var returnType: String { returns?.type ?? "rfgsnn_status" }
}

struct ReturnDescription: Codable {
  var type: String
  var doc: Text
}

/// Who may call a function when; the words are explained in the header's overview.
enum ThreadRule: String, Codable {
  case any, exclusive, reader
}

struct ErrorDescription: Codable {
  /// A case of `rfgsnn_status`, without the prefix.
  var code: String
  var when: Text
}

struct ArgumentDescription: Codable {
  var name: String
  var kind: ArgumentKind
  /// Type of the handle, of the number or of the elements.
  var type: String?
  var const: Bool?
  var nullable: Bool?
  /// Another argument that is NULL if and only if this one is.
  var nullWith: String?
  /// Of `numbers`, `arrays`, `numbers_out` and `view_out`: another argument's name, or a number.
  var length: String?
  /// Of arrays: the shapes that are taken, in names of dimensions.
  var shapes: [[String]]?
  /// Of arrays: the shapes for operator networks, in words.
  var operators: Text?
  var minimum: Double?
  var maximum: Double?
  /// Of an index: the dimension that it stays below.
  var below: String?
  /// The dimension that a number equals.
  var `is`: String?
  var choices: [String]?
  /// A value with which the call succeeds, where it does not follow from `is`.
  var example: Literal?
  var doc: Text

  enum CodingKeys: String, CodingKey {
    case name, kind, type, const, nullable, length, shapes, operators, minimum, maximum, below, `is`, choices
    case example, doc
    case nullWith = "null_with"
  }

  var isNullable: Bool { nullable ?? (kind == .freedHandle) }
}

/// What an argument is for; its C type and direction follow.
enum ArgumentKind: String, Codable {
  case handle
  case newHandle = "new_handle"
  case freedHandle = "freed_handle"
  case number
  case numberOut = "number_out"
  case numbers
  case numbersOut = "numbers_out"
  case viewOut = "view_out"
  case string
  case stringOut = "string_out"
  case array
  case arrays
  case arrayOut = "array_out"
  case callback
  case context
}

/// `api/option-keys.json`
struct OptionFile: Codable {
  var options: [OptionDescription]
}

struct OptionDescription: Codable {
  var key: String
  var scope: OptionScope
  var type: OptionType
  var required: Bool?
  var `default`: Literal?
  var minimum: Double?
  var maximum: Double?
  var exclusiveMinimum: Bool?
  var exclusiveMaximum: Bool?
  /// Of `ints`: the longest list. Of a string: it is a list of at most so many choices, separated by commas.
  var maxCount: Int?
  var choices: [String]?
  /// The key of the option whose choices these are, too.
  var choicesOf: String?
  var unit: String?
  var doc: Text

  enum CodingKeys: String, CodingKey {
    case key, scope, type, required, `default`, minimum, maximum, choices, unit, doc
    case exclusiveMinimum = "exclusive_minimum"
    case exclusiveMaximum = "exclusive_maximum"
    case maxCount = "max_count"
    case choicesOf = "choices_of"
  }
}

enum OptionScope: String, Codable {
  case network, trainer, both
}

enum OptionType: String, Codable {
  case int, float, string, ints
}
