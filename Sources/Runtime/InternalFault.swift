extension Failure {
  /// What cannot be, unless the library contradicts itself: it is reported like any failure, as neither a trap in the
  /// host's process nor a wrong answer would be forgiven.
  ///
  /// - Parameter what: the contradiction, as the beginning of a sentence.
  package static func contradiction(_ what: StaticString) -> Failure {
    Failure(.internalFault, "library: \(what); this is a fault of the library itself, please report it")
  }
}
