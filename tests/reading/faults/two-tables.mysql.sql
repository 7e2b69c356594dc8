-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: it's
/*!40101 SET @saved_cs_client     = @@character_set_client */;
DROP TABLE IF EXISTS `patients`;
CREATE TABLE `patients` (
  `NOM` varchar(200) DEFAULT 'a;b',
  `COMMENTAIRE` varchar(200) DEFAULT 'a;b',
  `TEL` varchar(200) DEFAULT 'a;b',
  PRIMARY KEY (`NOM`(10)),
  KEY `k` (`NOM`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='it\'s; one';

LOCK TABLES `patients` WRITE;
/*!40000 ALTER TABLE `patients` DISABLE KEYS */;
INSERT INTO `patients` VALUES ('MARTIN0','Réglé n° 0','0199000000'),('MARTIN1','Réglé n° 1','0199000001'),('MARTIN2','Réglé n° 2','0199000002');
INSERT INTO `patients` VALUES ('MARTIN3','Réglé n° 3','0199000003'),('MARTIN4','Réglé n° 4','0199000004'),('MARTIN5','Réglé n° 5','0199000005');
/*!40000 ALTER TABLE `patients` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t
BEFORE INSERT ON `patients` FOR EACH ROW BEGIN SET NEW.x = 'y'; END */;;
CREATE PROCEDURE p() BEGIN
INSERT INTO `patients` VALUES (1);
END ;;
DELIMITER ;
INSERT INTO `other` VALUES (1,'a\'); INSERT INTO `patients` VALUES (1);'),(2,'b');

-- Dump completed on 2021-02-23 10:00:00
