-- grants.sql: the readers of the tests here, by their grants.

DELETE FROM cccp.access_grant;
INSERT INTO cccp.access_grant (who_kind, who, role, source, team, queue,
    detail, history, numbers, export, valid)
VALUES
('user', 'ada', 'admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('group', 'Admins', 'admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '(,)'),
('group', 'Chefs', 'supervisor', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '(,)'),
('user', 'rene', 'reader', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'nora', 'supervisor', NULL, 'Nord', NULL, NULL, NULL, NULL, NULL,
    '(,)'),
('user', 'louis', 'reader', 'lyon', NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'quentin', 'supervisor', 'prod', NULL, 'accueil', NULL, NULL, NULL,
    NULL, '(,)'),
('user', 'sarah', 'reader', NULL, 'Sud', NULL, true, NULL, NULL, NULL, '(,)'),
('user', 'mix', 'supervisor', 'prod', 'Nord', NULL, NULL, NULL, false, NULL,
    '(,)'),
('user', 'mix', 'wall', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'mur', 'wall', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'murnord', 'wall', NULL, 'Nord', NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'audrey', 'auditor', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'vieux', 'admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '(,2020-01-01)');
