/// The word that is most like another one, for "did you mean"; the first of several alike. Capitals count as small letters.
func nearest(to word: String, among words: [String]) -> String {
  let letters = Array(word.prefix(64).lowercased().utf8)
  var best = (word: "", distance: Int.max)
  for candidate in words {
    let distance = editDistance(letters, Array(candidate.utf8))
    if distance < best.distance { best = (candidate, distance) }
  }
  return best.word
}

/// How many letters must be inserted, deleted or replaced to turn one word into the other (Levenshtein).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = i
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
