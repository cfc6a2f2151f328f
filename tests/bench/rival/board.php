<?php
/*
 * The rival in PHP: FPM and PDO, with a connection that is kept.  The file
 * that RIVAL_QUESTIONS names returns, by name, the statement with its
 * parameters, keys and types of a row, and what comes before and after them.
 */
$question = (require getenv('RIVAL_QUESTIONS'))[basename($_SERVER['REQUEST_URI'])];
$db = new PDO(getenv('RIVAL_DSN'), 'cccp_web', '', [
	PDO::ATTR_PERSISTENT => true,
	PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
	PDO::PGSQL_ATTR_DISABLE_PREPARES => true,
]);
/* PDO takes a backslash in a text for an escape, which it is in E'' only. */
$sql = preg_replace_callback("/'[^']*'/", fn($m) => str_contains($m[0], '\\') ?
    'E' . str_replace('\\', '\\\\', $m[0]) : $m[0], $question['sql']);
$statement = $db->prepare(preg_replace('/\$(\d+)/', ':p$1', $sql));
foreach ($question['params'] as $i => $value)
	$statement->bindValue('p' . ($i + 1), $value);
$statement->execute();
$rows = [];
while ($row = $statement->fetch(PDO::FETCH_NUM)) {
	if ($row[0] !== 'row' || count($rows) === $question['rows'])
		continue;
	$user = [];
	foreach ($question['keys'] as $i => $key) {
		$value = $row[$i + 5];
		if ($value !== null)
			switch ($question['types'][$i]) {
			case 'timestamp with time zone':
				$value = strtr($value, ' ', 'T') . ':00';
				break;
			case 'numeric':
			case 'double precision':
				$value = str_contains($key, '_seconds') ?
				    (int)$value : $value + 0;
				break;
			case 'text[]':
				$value = $value === '{}' ? [] :
				    str_getcsv(substr($value, 1, -1), ',', '"', '\\');
				break;
			}
		$user[$key] = $value;
	}
	$rows[] = $user;
}
header('Content-Type: application/json');
echo $question['before'], json_encode($rows, JSON_UNESCAPED_UNICODE |
    JSON_UNESCAPED_SLASHES), $question['after'];
