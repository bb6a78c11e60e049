/// The word that is most like another one, for "did you mean"; the first of several alike. Capitals count as small letters.
func nearest(to word: Letters, among words: some Sequence<Letters>) -> Letters {
  var best: (word: Letters, distance: Int) = ("", .max)
  for candidate in words {
    let distance = editDistance(word, candidate)
    if distance < best.distance { best = (candidate, distance) }
  }
  return best.word
}

/// How many letters must be inserted, deleted or replaced to turn one word into the other (Levenshtein); of the second
/// and known one, up to 63 letters count.
func editDistance(_ a: Letters, _ b: Letters) -> Int {
  let columns = min(b.count, 63)
  var row = InlineArray<64, Int> { $0 }
  for i in 0..<min(a.count, 64) {
    var diagonal = i
    row[0] = i + 1
    for j in 0..<columns {
      let replaced = diagonal + (small(a[i]) == small(b[j]) ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
    }
  }
  return row[columns]
}

private func small(_ letter: UInt8) -> UInt8 { (0x41...0x5A).contains(letter) ? letter | 0x20 : letter }
